/* SPDX-License-Identifier: MIT */
#include "map/former_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/packed.h"

/* States with larger numbers are in no map that was not made up. */
#define STATE_MOST (INT64_C(1) << 26)

static void former_read_states(struct former_reader *reader)
{
	const struct map_files *files = reader->files;
	int64_t last = 0;

	for (size_t s = 0; s < files->state_count; s++)
		if (files->states[s].id > last &&
			files->states[s].id < STATE_MOST)
			last = files->states[s].id;
	reader->place_count = (size_t)last + 1;
	reader->places = xcalloc(reader->place_count, sizeof(*reader->places));
	memset(reader->places, 0xff,
		reader->place_count * sizeof(*reader->places));
	for (uint32_t s = 0; s < files->state_count; s++)
		if (files->states[s].id > 0 && files->states[s].id <= last)
			reader->places[files->states[s].id] = s;
}

int former_reader_open(struct former_reader *reader, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err)
{
	memset(reader, 0, sizeof(*reader));
	reader->map = map;
	reader->files = files;
	reader->counts = counts;
	reader->scope = sql_prepare(map,
		"SELECT kind, name, session, content, digest, uses, made,"
		" members FROM former_scope WHERE id = ?",
		err);
	reader->set = sql_prepare(
		map, "SELECT reads, digest FROM former_set WHERE id = ?", err);
	if (!reader->scope || !reader->set)
		return MAP_IO;
	former_read_states(reader);
	return 0;
}

void former_reader_close(struct former_reader *reader)
{
	for (size_t i = 0; i < reader->count; i++) {
		free(reader->list[i].name);
		free(reader->list[i].uses);
		free(reader->list[i].made);
		free(reader->list[i].members);
	}
	free(reader->list);
	free(reader->places);
	free(reader->alive);
	free(reader->steps);
	interner_release(&reader->scopes);
	interner_release(&reader->sets);
	sqlite3_finalize(reader->scope);
	sqlite3_finalize(reader->set);
}

uint32_t former_reader_place(const struct former_reader *reader, int64_t state)
{
	return state > 0 && (uint64_t)state < reader->place_count
		       ? reader->places[state]
		       : FILE_NONE;
}

/* A list of rising numbers, as the differences between them. */
static int64_t *former_read_numbers(sqlite3_stmt *row, int at, size_t *count)
{
	struct packed_reader list = packed_reader_of(
		sqlite3_column_blob(row, at), sqlite3_column_bytes(row, at));
	int64_t *numbers = NULL;
	size_t room = 0;
	uint64_t step, last = 0;

	*count = 0;
	while (packed_next(&list, &step)) {
		last += step;
		*(int64_t *)array_add(&numbers, count, &room,
			sizeof(*numbers)) = (int64_t)last;
	}
	return numbers;
}

static void former_read_print(struct print *print, sqlite3_stmt *row, int at)
{
	*print = (struct print){{0}};
	if (sqlite3_column_bytes(row, at) == (int)sizeof(print->bytes))
		memcpy(print->bytes, sqlite3_column_blob(row, at),
			sizeof(print->bytes));
}

static void former_read_scope(struct former_scope *scope, sqlite3_stmt *row)
{
	scope->kind = (enum scope_kind)sqlite3_column_int(row, 0);
	scope->name = sql_copy(row, 1);
	scope->session = sqlite3_column_int64(row, 2);
	scope->content = sqlite3_column_int64(row, 3);
	former_read_print(&scope->digest, row, 4);
	scope->uses = former_read_numbers(row, 5, &scope->use_count);
	scope->made = former_read_numbers(row, 6, &scope->made_count);
	if (sqlite3_column_type(row, 7) == SQLITE_NULL)
		return;
	scope->members_size = (size_t)sqlite3_column_bytes(row, 7);
	scope->members = sql_copy(row, 7);
}

static int former_read_load(
	uint32_t *n, struct former_reader *reader, int64_t id, struct err *err)
{
	struct former_scope *scope;
	int code;

	*n = intern(&reader->scopes, &id, sizeof(id));
	if (*n < reader->count)
		return 0;
	scope = array_add(
		&reader->list, &reader->count, &reader->room, sizeof(*scope));
	scope->id = id;
	sqlite3_bind_int64(reader->scope, 1, id);
	code = sql_step(reader->map, reader->scope, err);
	if (code > 0)
		former_read_scope(scope, reader->scope);
	scope->missing = code <= 0;
	sqlite3_reset(reader->scope);
	return code < 0 ? code : 0;
}

int former_reader_scope(const struct former_scope **scope,
	struct former_reader *reader, int64_t id, struct err *err)
{
	uint32_t n;
	int code = former_read_load(&n, reader, id, err);

	*scope = &reader->list[n];
	return code;
}

int former_reader_set(int64_t **pairs, size_t *count, struct print *digest,
	struct former_reader *reader, int64_t set, struct err *err)
{
	struct packed_reader list;
	uint64_t step, kinds, last = 0;
	size_t room = 0;
	int code;

	*pairs = NULL;
	*count = 0;
	sqlite3_bind_int64(reader->set, 1, set);
	code = sql_step(reader->map, reader->set, err);
	if (code == 0)
		code = map_damaged(reader->map, "a set is missing", err);
	if (code > 0) {
		list = packed_reader_of(sqlite3_column_blob(reader->set, 0),
			sqlite3_column_bytes(reader->set, 0));
		former_read_print(digest, reader->set, 1);
		while (packed_next(&list, &step) &&
			packed_next(&list, &kinds)) {
			struct {
				int64_t state, kinds;
			} *pair = array_add(pairs, count, &room, sizeof(*pair));

			last += step;
			pair->state = (int64_t)last;
			pair->kinds = (int64_t)kinds;
		}
		code = 0;
	}
	sqlite3_reset(reader->set);
	return code;
}

static bool former_read_stands(
	const struct former_reader *reader, int64_t state)
{
	uint32_t place = former_reader_place(reader, state);
	const struct map_state *found;

	if (place == FILE_NONE)
		return false;
	found = &reader->files->states[place];
	return found->live || (reader->counts && !reader->counts[found->file]);
}

/* Whether all states of a set are as they were. */
static int former_read_set_stands(
	bool *yes, struct former_reader *reader, int64_t set, struct err *err)
{
	uint32_t n = intern(&reader->sets, &set, sizeof(set));
	struct print digest;
	int64_t *pairs;
	size_t count;
	int code = 0;

	if (n == reader->set_count) {
		*(signed char *)array_add(&reader->alive, &reader->set_count,
			&reader->set_room, 1) = 1;
		code = former_reader_set(
			&pairs, &count, &digest, reader, set, err);
		for (size_t i = 0; code == 0 && i < count; i++)
			if (!former_read_stands(reader, pairs[2 * i])) {
				reader->alive[n] = 0;
				break;
			}
		free(pairs);
	}
	*yes = reader->alive[n] == 1;
	return code;
}

static void former_read_step(
	struct former_reader *reader, uint32_t scope, uint32_t via)
{
	if (reader->list[scope].round == reader->round)
		return;
	reader->list[scope].round = reader->round;
	*(struct former_step *)array_add(&reader->steps, &reader->step_count,
		&reader->step_room, sizeof(*reader->steps)) =
		(struct former_step){scope, via};
}

/* All on the way to what is not as it was are not, either. */
static void former_read_kill(struct former_reader *reader, uint32_t step)
{
	for (;;) {
		reader->list[reader->steps[step].scope].fate = FORMER_DEAD;
		if (!step)
			return;
		step = reader->steps[step].via;
	}
}

int former_reader_fits(
	bool *yes, struct former_reader *reader, int64_t id, struct err *err)
{
	uint32_t n;
	int code = former_read_load(&n, reader, id, err);

	*yes = code == 0;
	reader->round++;
	reader->step_count = 0;
	if (code == 0)
		former_read_step(reader, n, 0);
	for (uint32_t i = 0; code == 0 && *yes && i < reader->step_count; i++) {
		uint32_t at = reader->steps[i].scope;
		const struct former_scope *scope = &reader->list[at];

		*yes = !scope->missing && scope->fate != FORMER_DEAD;
		if (*yes && scope->fate == FORMER_UNKNOWN)
			code = former_read_set_stands(
				yes, reader, scope->content, err);
		if (code == 0 && !*yes)
			former_read_kill(reader, i);
		for (size_t k = 0;
			code == 0 && *yes && k < reader->list[at].use_count;
			k++) {
			code = former_read_load(
				&n, reader, reader->list[at].uses[k], err);
			former_read_step(reader, n, i);
		}
	}
	for (size_t i = 0; code == 0 && *yes && i < reader->step_count; i++)
		reader->list[reader->steps[i].scope].fate = FORMER_LIVE;
	return code;
}
