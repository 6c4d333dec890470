/* SPDX-License-Identifier: MIT */
#include "tests/unit/traced.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "selector/affected.h"
#include "tests/unit/arena_file.h"
#include "tests/unit/scratch.h"

#define IMAGES 16
#define CHUNKS 64

struct fold_options traced_options;
struct fold_summary traced_summary;

static struct arena arena;
static struct arena_chunk *images[IMAGES + 1];
static uint32_t image_count, serials, scopes;

static void must(int code, const struct err *err)
{
	if (code < 0)
		fail_msg("%s", err->text);
}

static void begin_run(void)
{
	static char arena_path[PATH_MAX], map_path[PATH_MAX];

	snprintf(arena_path, PATH_MAX, "%s/arena", scratch_root());
	snprintf(map_path, PATH_MAX, "%s/.ftrace", scratch_root());
	arena_file_make(&arena, arena_path, CHUNKS);
	image_count = serials = 0;
	scopes = SCOPE_BASE;
	traced_options = (struct fold_options){.root = scratch_root(),
		.own_paths = {arena_path, map_path},
		.command = "made up",
		.asked = "made up",
		.given = "made up",
		.alone = "made up",
		.directory = "."};
}

int traced_enter(void **state)
{
	if (scratch_enter(state) || mkdir(".ftrace", 0777))
		return -1;
	begin_run();
	return 0;
}

static void end_run(void)
{
	fold_summary_release(&traced_summary);
	arena_file_unmap(&arena);
}

int traced_leave(void **state)
{
	end_run();
	return scratch_leave(state);
}

/* Two texts, the second a path below the scratch directory if it is one. */
static void say(uint32_t image, uint32_t scope, enum record_type type,
	uint32_t number, unsigned access, unsigned flags, const char *head,
	size_t head_size, const char *tail, size_t tail_size)
{
	struct wire_record *record = arena_reserve(
		&arena, images[image], (uint32_t)(head_size + tail_size));

	assert_non_null(record);
	record->type = (uint8_t)type;
	record->access = (uint8_t)access;
	record->flags = (uint16_t)flags;
	record->scope = scope;
	record->number = number;
	record->head = (uint32_t)head_size;
	memcpy(record->text, head, head_size);
	memcpy(record->text + head_size, tail, tail_size);
	arena_commit(record);
}

static void say_text(uint32_t image, uint32_t scope, enum record_type type,
	uint32_t number, const char *text)
{
	say(image, scope, type, number, 0, 0, "", 0, text, strlen(text));
}

uint32_t traced_fork(uint32_t parent)
{
	struct arena_chunk *chunk = arena_file_claim(&arena, 2);

	assert_true(image_count < IMAGES);
	images[++image_count] = chunk;
	chunk->pid = 1000 + image_count;
	chunk->parent = parent ? images[parent]->image : 0;
	return image_count;
}

uint32_t traced_exec(uint32_t parent, const char *program, ...)
{
	const char *path = scratch_path(program), *word;
	char words[RECORD_WORDS_MAX];
	size_t size = 0;
	uint32_t image;
	va_list list;

	va_start(list, program);
	while ((word = va_arg(list, const char *))) {
		size_t n = strlen(word) + 1;

		assert_true(size + n <= sizeof(words));
		memcpy(words + size, word, n);
		size += n;
	}
	va_end(list);
	if (parent) {
		atomic_store(&arena.header->serials, ++serials);
		say_text(parent, SCOPE_BASE, RECORD_EXEC, serials, path);
		say(parent, SCOPE_BASE, RECORD_WORDS, serials, 0, 0, "", 0,
			words, size);
	}
	image = traced_fork(0);
	say_text(image, SCOPE_BASE, RECORD_HELLO, parent ? serials : 0, path);
	return image;
}

uint32_t traced_exec_in(
	uint32_t parent, const char *folder, const char *program)
{
	const char *path = scratch_path(program);
	char place[PATH_MAX];
	uint32_t image;

	snprintf(place, sizeof(place), "%s", scratch_path(folder));
	atomic_store(&arena.header->serials, ++serials);
	say_text(parent, SCOPE_BASE, RECORD_EXEC, serials, path);
	say(parent, SCOPE_BASE, RECORD_WORDS, serials, 0, 0, place,
		strlen(place), program, strlen(program) + 1);
	image = traced_fork(0);
	say_text(image, SCOPE_BASE, RECORD_HELLO, serials, path);
	return image;
}

void traced_exec_unseen(uint32_t parent, const char *program)
{
	atomic_store(&arena.header->serials, ++serials);
	say_text(parent, SCOPE_BASE, RECORD_EXEC, serials,
		scratch_path(program));
}

void traced_exit(uint32_t image, uint32_t status)
{
	say_text(image, SCOPE_BASE, RECORD_EXIT, status, "");
}

uint32_t traced_begin(uint32_t image, const char *name)
{
	say_text(image, SCOPE_BASE, RECORD_SCOPE, ++scopes, name);
	return scopes;
}

void traced_use(uint32_t image, uint32_t scope, const char *name)
{
	say_text(image, scope, RECORD_USE, 0, name);
}

void traced_outcome(uint32_t image, uint32_t scope, const char *word)
{
	say_text(image, scope, RECORD_OUTCOME, 0, word);
}

void traced_lost(uint32_t image, uint32_t scope, const char *reason)
{
	say_text(image, scope, RECORD_LOST, 0, reason);
}

void traced_lost_lasting(uint32_t image, uint32_t scope, const char *reason)
{
	say(image, scope, RECORD_LOST, 0, 0, RECORD_LASTING, "", 0, reason,
		strlen(reason));
}

void traced_access(uint32_t image, uint32_t scope, enum access_kind kind,
	const char *name, unsigned flags)
{
	const char *path = scratch_path(name);

	say(image, scope, RECORD_ACCESS, 0, kind, flags, "", 0, path,
		strlen(path));
}

void traced_rename(
	uint32_t image, uint32_t scope, const char *from, const char *to)
{
	const char *old = scratch_path(from), *new = scratch_path(to);

	say(image, scope, RECORD_RENAME, 0, 0, 0, old, strlen(old), new,
		strlen(new));
}

static void open_map(struct map *map, enum map_mode mode)
{
	struct err err;

	must(map_open(map, scratch_root(), mode, &err), &err);
}

void traced_fold(void)
{
	struct trace trace;
	struct map map;
	struct err err;

	fold_summary_release(&traced_summary);
	trace_read(&trace, &arena);
	open_map(&map, MAP_RECORD);
	must(map_begin(&map, &err), &err);
	must(fold_store(&map, &trace, &traced_options, &traced_summary, &err),
		&err);
	must(map_commit(&map, &err), &err);
	map_close(&map);
	trace_release(&trace);
	arena_file_unmap(&arena);
	begin_run();
}

const char *traced_affected(void)
{
	static char text[4096];
	struct affected affected;
	struct map map;
	struct err err;
	size_t n = 0;

	open_map(&map, MAP_QUERY);
	must(affected_find(&affected, &map, &err), &err);
	*text = '\0';
	for (size_t i = 0; i < affected.count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
			i ? " " : "", affected.units[i].id);
	affected_release(&affected);
	map_close(&map);
	return text;
}

const char *traced_end(const char *name)
{
	static char text[64];
	struct query_units units;
	struct map map;
	struct err err;

	open_map(&map, MAP_QUERY);
	must(query_units(&units, &map, &err), &err);
	*text = '\0';
	for (size_t i = 0; i < units.count; i++) {
		size_t n = strlen(units.units[i].runner);

		if (!strncmp(name, units.units[i].runner, n) &&
			name[n] == '/' &&
			!strcmp(name + n + 1, units.units[i].id) &&
			units.units[i].outcome)
			snprintf(text, sizeof(text), "%s",
				units.units[i].outcome);
	}
	query_units_release(&units);
	map_close(&map);
	return text;
}
