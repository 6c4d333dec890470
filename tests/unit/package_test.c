/* SPDX-License-Identifier: MIT */
/*
 * Packages: what is put in comes out, and of what anybody may have made nothing
 * is written elsewhere, and no more than it says.
 */
#include "store/package.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read_file.h"
#include "store/store.h"
#include "tests/unit/scratch.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static struct err err;
static struct package_bytes made;

static void fill(struct package *package)
{
	*package = (struct package){.commit = strdup(COMMIT),
		.branch = strdup("main"),
		.project = strdup("click"),
		.made = 1700000000,
		.units = 3};
	fingerprint_take(&package->fingerprint, scratch_root(), "");
	package_add(package, PACKAGE_MAP, strdup("the map"), 7, 1, false);
}

static void make(const char *shared)
{
	struct package package;
	size_t left = 0;

	fill(&package);
	if (shared)
		assert_int_equal(package_add_share(&package, scratch_root(),
					 shared, &left, &err),
			0);
	assert_int_equal(package_write(&package, &made, &err), 0);
	package_release(&package);
}

static int open_package(
	struct package *package, char *const *shared, size_t count)
{
	static unsigned times;
	char folder[32];

	/* An empty one each time. */
	remove("out");
	snprintf(folder, sizeof(folder), "out%u", times++);
	make_directory(folder);
	make_link(folder, "out");
	return package_read(package, made.bytes, made.size, scratch_path("out"),
		shared, count, &err);
}

static void expect_refused(const char *why)
{
	struct package package;

	assert_int_equal(open_package(&package, NULL, 0), PACKAGE_REFUSED);
	if (!strstr(err.text, why))
		fail_msg("'%s' lacks '%s'", err.text, why);
	package_release(&package);
	free(made.bytes);
	made = (struct package_bytes){0};
}

static void expect_file(const char *path, const char *text)
{
	size_t size;
	char *bytes = read_file(path, 0, &size);

	assert_non_null(bytes);
	assert_string_equal(bytes, text);
	free(bytes);
}

TEST(there_and_back)
{
	char *const shared[] = {(char *)".cache/tool"};
	struct package package;
	struct stat st;

	assert_int_equal(system("mkdir -p .cache/tool/deep .cache/other;"
				"echo one >.cache/tool/one;"
				"echo two >.cache/tool/deep/two;"
				"chmod +x .cache/tool/one;"
				"ln -s /etc/passwd .cache/tool/link;"
				"mkfifo .cache/tool/pipe"),
		0);
	make(".cache/tool");
	assert_int_equal(open_package(&package, shared, 1), 0);
	assert_string_equal(package.commit, COMMIT);
	assert_string_equal(package.branch, "main");
	assert_int_equal(package.units, 3);
	expect_file("out/map.db", "the map");
	expect_file("out/share/.cache/tool/one", "one\n");
	expect_file("out/share/.cache/tool/deep/two", "two\n");
	assert_int_equal(lstat("out/share/.cache/tool/link", &st), -1);
	assert_int_equal(lstat("out/share/.cache/tool/pipe", &st), -1);
	assert_int_equal(stat("out/share/.cache/tool/one", &st), 0);
	assert_true(st.st_mode & S_IXUSR);
	package_release(&package);
	/* Who does not ask for it gets none of it. */
	assert_int_equal(open_package(&package, NULL, 0), 0);
	assert_int_equal(access("out/share", F_OK), -1);
	package_release(&package);
	free(made.bytes);
}

/* Whatever byte is another, or missing. */
TEST(damaged)
{
	struct package package;

	make(NULL);
	for (size_t i = 0; i < made.size; i++) {
		made.bytes[i] ^= 0x10;
		/* Some bytes say nothing: then it is as it was. */
		if (open_package(&package, NULL, 0) == 0)
			expect_file("out/map.db", "the map");
		package_release(&package);
		made.bytes[i] ^= 0x10;
	}
	for (size_t size = 0; size < made.size; size += 7) {
		size_t whole = made.size;

		made.size = size;
		assert_int_equal(
			open_package(&package, NULL, 0), PACKAGE_REFUSED);
		package_release(&package);
		made.size = whole;
	}
	free(made.bytes);
}

static la_ssize_t keep_bytes(
	struct archive *archive, void *data, const void *bytes, size_t size)
{
	(void)archive;
	(void)data;
	made.bytes = realloc(made.bytes, made.size + size + 1);
	memcpy(made.bytes + made.size, bytes, size);
	made.size += size;
	return (la_ssize_t)size;
}

static void add_member(struct archive *archive, const char *name,
	const char *bytes, size_t size, unsigned type, const char *link)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, 0644);
	if (link)
		archive_entry_set_symlink(entry, link);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	if (size)
		archive_write_data(archive, bytes, size);
	archive_entry_free(entry);
}

#define HEADER(files) \
	"{\"format\":1,\"map\":1,\"commit\":\"" COMMIT "\",\"branch\":\"\"," \
	"\"project\":\"\",\"made\":1,\"units\":1,\"fingerprint\":{}," \
	"\"files\":[" files "]}"

#define ZERO_PRINT "\"print\":\"00000000000000000000000000000000\"}"

/* What somebody could have made who knows the form. */
static void forge(const char *header, const char *name, const char *bytes,
	size_t size, unsigned type, const char *link)
{
	struct archive *archive = archive_write_new();

	made = (struct package_bytes){0};
	archive_write_set_format_pax_restricted(archive);
	archive_write_set_bytes_per_block(archive, 0);
	archive_write_add_filter_zstd(archive);
	archive_write_open(archive, NULL, NULL, keep_bytes, NULL);
	if (header)
		add_member(archive, PACKAGE_HEADER, header, strlen(header),
			AE_IFREG, NULL);
	add_member(archive, name, bytes, size, type, link);
	archive_write_close(archive);
	archive_write_free(archive);
}

#define MAP_ENTRY "{\"name\":\"map.db\",\"size\":3," ZERO_PRINT

TEST(forged)
{
	const char *sound = HEADER(MAP_ENTRY);

	forge(NULL, PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
	expect_refused("header");
	forge("{", PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
	expect_refused("JSON");
	forge("{\"format\":2}", PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
	expect_refused("newer");
	forge(HEADER(""), PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
	expect_refused("no map");
	forge(sound, PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
	expect_refused("damaged");
	forge(sound, PACKAGE_MAP, "more", 4, AE_IFREG, NULL);
	expect_refused("more than it says");
	forge(sound, "../map.db", "map", 3, AE_IFREG, NULL);
	expect_refused("too many");
	forge(sound, PACKAGE_MAP, "", 0, AE_IFLNK, "/etc/passwd");
	expect_refused("no file");
	assert_int_equal(access("map.db", F_OK), -1);
}

TEST(names_that_lead_elsewhere)
{
	static const char *const names[] = {"/etc/x", "share/../x", "share/",
		"share//x", "share/./x", "share", "x", "share/a/../../x",
		"share/x\\ny", "share/a/.git/hooks/x", "share/.GIT/x"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char header[1024];

		snprintf(header, sizeof(header),
			HEADER(MAP_ENTRY
				",{\"name\":\"%s\",\"size\":1," ZERO_PRINT),
			names[i]);
		forge(header, PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
		expect_refused("not sound");
	}
}

/* A kilobyte that unpacks to gigabytes: no more is read than it may have. */
TEST(bomb)
{
	char *zeroes = calloc(1, 64 << 20);
	struct stat st;

	forge(HEADER(MAP_ENTRY), PACKAGE_MAP, zeroes, 64 << 20, AE_IFREG, NULL);
	assert_true(made.size < 100000);
	expect_refused("more than it says");
	assert_int_equal(stat("out/map.db", &st), -1);
	forge(HEADER("{\"name\":\"map.db\",\"size\":99999999999," ZERO_PRINT),
		PACKAGE_MAP, "map", 3, AE_IFREG, NULL);
	expect_refused("not sound");
	free(zeroes);
}

TEST(fingerprints)
{
	struct fingerprint here, there;
	char *difference;
	cJSON *json;

	write_file("uv.lock", "one");
	fingerprint_take(&here, scratch_root(), "");
	json = fingerprint_json(&here);
	assert_int_equal(fingerprint_parse(&there, json), 0);
	assert_string_equal(here.print, there.print);
	assert_null(fingerprint_difference(&here, &there));
	fingerprint_release(&there);
	cJSON_Delete(json);
	write_file("uv.lock", "two");
	fingerprint_take(&there, scratch_root(), "");
	assert_string_not_equal(here.print, there.print);
	difference = fingerprint_difference(&here, &there);
	assert_non_null(strstr(difference, "uv.lock: "));
	free(difference);
	fingerprint_release(&there);
	remove_file("uv.lock");
	fingerprint_take(&there, scratch_root(), "");
	difference = fingerprint_difference(&here, &there);
	assert_non_null(strstr(difference, "none there"));
	free(difference);
	fingerprint_release(&there);
	/* Another project of the same commit. */
	fingerprint_take(&there, scratch_root(), "sub/");
	assert_string_not_equal(here.print, there.print);
	fingerprint_release(&there);
	fingerprint_release(&here);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(there_and_back),
		IN_SCRATCH(damaged),
		IN_SCRATCH(forged),
		IN_SCRATCH(names_that_lead_elsewhere),
		IN_SCRATCH(bomb),
		IN_SCRATCH(fingerprints),
	};

	return RUN_TESTS(tests);
}
