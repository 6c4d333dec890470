/* SPDX-License-Identifier: MIT */
/*
 * Opening and reading a map with any bytes in it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/files.h"
#include "map/map.h"
#include "map/query.h"
#include "tests/fuzz/fuzz.h"
#include "wire/kind.h"

#define ROOM (1u << 20)

static uint8_t sound[ROOM], bytes[ROOM];
static size_t sound_size;
static struct err err;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void add_unit(struct recording *recording)
{
	struct recorded_scope *scope =
		array_add(&recording->scopes, &recording->scope_count,
			&recording->scope_room, sizeof(*scope));
	struct recorded_read *edge = array_add(&scope->reads,
		&scope->read_count, &scope->read_room, sizeof(*edge));

	*scope = (struct recorded_scope){.kind = SCOPE_UNIT,
		.name = "r/one",
		.name_size = 5,
		.outcome = "passed",
		.reads = scope->reads,
		.read_count = 1,
		.read_room = scope->read_room};
	edge->state = map_file_state(recording->files,
		map_files_intern(recording->files, "a", 1), ASPECT_CONTENT,
		"block", 5);
	edge->kinds = KIND_BIT(ACCESS_READ);
}

static void make_sound(void)
{
	struct map_files files;
	struct recording recording = {.files = &files, .command = "fuzz"};
	struct map map;
	int fd;

	must(chdir(fuzz_directory()) == 0 && mkdir(MAP_DIRECTORY, 0777) == 0);
	must(map_open(&map, fuzz_directory(), MAP_RECORD, &err) == 0);
	must(map_begin(&map, &err) == 0);
	must(map_files_load(&files, &map, &err) == 0);
	add_unit(&recording);
	must(recording_store(&recording, &map, &err) == 0);
	must(map_commit(&map, &err) == 0);
	recording_release(&recording);
	map_files_release(&files);
	map_close(&map);
	fd = open(MAP_PATH, O_RDONLY | O_CLOEXEC);
	must(fd >= 0);
	sound_size = (size_t)read(fd, sound, ROOM);
	must(sound_size > 0 && sound_size < ROOM);
	close(fd);
}

static void write_map(size_t size)
{
	int fd = open(MAP_PATH, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	close(fd);
	unlink(MAP_PATH "-journal");
	unlink(MAP_PATH "-wal");
	unlink(MAP_PATH "-shm");
}

static void read_all(enum map_mode mode)
{
	struct map_files files = {0};
	struct query_units units = {0};
	struct query_hits hits = {0};
	struct map map;

	if (map_open(&map, fuzz_directory(), mode, &err) < 0)
		return;
	if (map_files_load(&files, &map, &err) == 0)
		map_files_check_all(&files);
	if (query_units(&units, &map, &err) == 0 && units.count)
		query_closure(&hits, &map, units.units[0].scope, &err);
	query_hits_release(&hits);
	query_units_release(&units);
	map_files_release(&files);
	map_close(&map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!sound_size)
		make_sound();
	if (!size || size > ROOM)
		return 0;
	memcpy(bytes, sound, sound_size);
	if (*data & 1) {
		memcpy(bytes, data + 1, size - 1);
		write_map(size - 1);
	} else {
		fuzz_patch(bytes, sound_size, data + 1, size - 1);
		write_map(sound_size);
	}
	read_all(MAP_QUERY);
	read_all(MAP_RECORD);
	return 0;
}
