/* SPDX-License-Identifier: MIT */
/*
 * What comes out of a store: a header, an archive, the map in it, a list of S3.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read_file.h"
#include "map/pack.h"
#include "store/package.h"
#include "store/s3.h"
#include "tests/fuzz/fuzz.h"

#define ROOM (1u << 20)

static uint8_t bytes[ROOM];
static struct package_bytes archive;
static char *packed;
static size_t packed_size;
static struct err err;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void empty(const char *folder)
{
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	must(mkdir(folder, 0700) == 0);
}

static void make_packed(void)
{
	struct map map;

	must(chdir(fuzz_directory()) == 0 && mkdir(MAP_DIRECTORY, 0700) == 0);
	must(map_open(&map, fuzz_directory(), MAP_RECORD, &err) == 0);
	must(map_pack(&map, "packed.db", &err) == 0);
	map_close(&map);
	packed = read_file("packed.db", ROOM, &packed_size);
	must(packed != NULL);
}

static void make_archive(void)
{
	struct package package = {
		.commit = strdup("0123456789abcdef0123456789abcdef01234567"),
		.branch = strdup(""),
		.project = strdup("")};

	fingerprint_take(&package.fingerprint, ".", "");
	package_add(&package, PACKAGE_MAP, strdup("a map"), 5, 0, false);
	package_add(&package, PACKAGE_SHARE "a/b", strdup("b"), 1, 0, false);
	must(package_write(&package, &archive, &err) == 0);
	package_release(&package);
}

static void read_archive(const void *data, size_t size)
{
	char *const shared[] = {(char *)"a"};
	struct package package;

	empty("out");
	package_read(&package, data, size, "out", shared, 1, &err);
	package_release(&package);
}

static void take_map(size_t size)
{
	FILE *file = fopen("try.db", "w");
	bool taken;

	must(file && fwrite(bytes, 1, size, file) == size);
	fclose(file);
	empty("root");
	map_take_pack(&taken, "root", "try.db", &err);
	unlink("try.db-journal");
}

static void read_list(const uint8_t *data, size_t size)
{
	struct store_entries entries = {0};
	struct s3_page page = {.entries = &entries, .prefix = ""};

	s3_page_parse(&page, (const char *)data, size);
	free(page.next);
	store_entries_release(&entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct package package;

	if (!packed) {
		make_packed();
		make_archive();
	}
	if (!size || size > ROOM / 2)
		return 0;
	switch (*data++ % 5) {
	case 0:
		package_parse(&package, (const char *)data, --size, &err);
		package_release(&package);
		break;
	case 1:
		read_archive(data, --size);
		break;
	case 2:
		memcpy(bytes, archive.bytes, archive.size);
		fuzz_patch(bytes, archive.size, data, --size);
		read_archive(bytes, archive.size);
		break;
	case 3:
		memcpy(bytes, packed, packed_size);
		fuzz_patch(bytes, packed_size, data, --size);
		take_map(packed_size);
		break;
	default:
		read_list(data, --size);
	}
	return 0;
}
