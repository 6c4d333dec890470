/* SPDX-License-Identifier: MIT */
#include "map/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "map/former.h"
#include "map/merge_read.h"
#include "map/query.h"
#include "map/readset.h"
#include "map/recording_key.h"
#include "map/source.h"
#include "map/sql.h"
#include "map/sweep.h"

enum statement {
	FIND_SCOPE,
	FIND_FORMER,
	ADD_SCOPE,
	ADD_USE,
	ADD_MAKE,
	FIND_UNIT,
	ADD_UNIT,
	ADD_LABEL,
	ADD_FORMER,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[FIND_SCOPE] = "SELECT id FROM scope WHERE digest = ?",
	[FIND_FORMER] = "SELECT id FROM former_scope WHERE digest = ?",
	[ADD_SCOPE] = "INSERT INTO scope (id, kind, name, session, readset,"
		      " latest, incomplete, digest, members)"
		      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[ADD_USE] = "INSERT OR IGNORE INTO uses (scope, used) VALUES (?, ?)",
	[ADD_MAKE] = "INSERT OR IGNORE INTO makes (scope, file, kinds, session)"
		     " VALUES (?, ?, ?, ?)",
	[FIND_UNIT] = SQL_FIND_UNIT,
	[ADD_UNIT] = "INSERT INTO unit (scope, runner, id, outcome, duration,"
		     " place) VALUES (?, ?, ?, ?, ?, ?)",
	[ADD_LABEL] = "INSERT OR IGNORE INTO label (scope, name)"
		      " VALUES (?, ?)",
	[ADD_FORMER] = "INSERT OR IGNORE INTO former (scope, runner, id,"
		       " outcome, duration, place, labels, ran)"
		       " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
};

struct merging {
	struct merge_reading reading;
	struct map *map;
	struct err *err;
	struct map_merged *merged;
	sqlite3_stmt *stmts[STATEMENTS];
	struct readsets sets;
	int64_t session, next;
	struct interner collected; /* files of which the map knows the tests */
	struct interner directories; /* that it has looked through */
	bool all; /* every unit of the other map is as it is there */
};

static int merge_run(
	struct merging *merging, enum statement which, int64_t *number)
{
	sqlite3_stmt *stmt = merging->stmts[which];
	int code = sql_step(merging->map, stmt, merging->err);

	if (number)
		*number = code > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return code < 0 ? code : 0;
}

static int merge_know(
	struct interner *known, struct merging *merging, enum scope_kind kind)
{
	struct query_name *names = NULL;
	size_t count = 0;
	int code =
		query_names(&names, &count, merging->map, kind, merging->err);

	for (size_t i = 0; i < count; i++)
		intern(known, names[i].name, strlen(names[i].name));
	query_names_release(names, count);
	return code;
}

/* The session that the added scopes are of. */
static int merge_add_session(struct merging *merging)
{
	const struct map *from = merging->reading.from;
	char *command = xasprintf("ftrace merge %s", from->root);
	sqlite3_stmt *stmt = sql_prepare(merging->map,
		"INSERT INTO session (started, duration, command, status)"
		" VALUES (?, 0, ?, 0)",
		merging->err);
	int code = MAP_IO;

	if (stmt) {
		sqlite3_bind_int64(stmt, 1, clock_now());
		sql_bind_bytes(stmt, 2, command, strlen(command));
		code = sql_once(merging->map, stmt, merging->err);
	}
	sqlite3_finalize(stmt);
	free(command);
	merging->session = sqlite3_last_insert_rowid(merging->map->db);
	return code;
}

static int merge_prepare(struct merging *merging)
{
	int code = merge_add_session(merging);

	for (int i = 0; code == 0 && i < STATEMENTS; i++) {
		merging->stmts[i] =
			sql_prepare(merging->map, sql[i], merging->err);
		code = merging->stmts[i] ? 0 : MAP_IO;
	}
	if (code == 0)
		code = readsets_open(
			&merging->sets, merging->map, merging->err);
	if (code == 0)
		code = former_next_scope(
			&merging->next, merging->map, merging->err);
	if (code == 0)
		code = merge_know(&merging->collected, merging, SCOPE_COLLECT);
	return code == 0 ? merge_know(&merging->directories, merging,
				   SCOPE_DISCOVER)
			 : code;
}

static bool merge_knows_file(const struct merging *merging, const char *name)
{
	size_t n = id_file(name);

	return intern_find(&merging->collected, name, n ? n : strlen(name)) !=
	       INTERN_NONE;
}

/* Of names that the map does not know, what the other one has holds. */
static bool merge_is_latest(const struct merging *merging, size_t i)
{
	const struct recorded_scope *scope =
		&merging->reading.recording.scopes[i];

	if (!merging->reading.scopes[i].latest)
		return false;
	return scope->kind == SCOPE_DISCOVER
		       ? intern_find(&merging->directories, scope->name,
				 scope->name_size) == INTERN_NONE
		       : !merge_knows_file(merging, scope->name);
}

static int merge_insert_scope(
	struct merging *merging, size_t i, const struct scope_key *key)
{
	const struct merged_scope *more = &merging->reading.scopes[i];
	struct recorded_scope *scope = &merging->reading.recording.scopes[i];
	sqlite3_stmt *stmt = merging->stmts[ADD_SCOPE];
	int64_t set = 0;
	int code = readsets_store(&merging->sets, &key->set, key->pairs,
		key->pair_count, &set, merging->err);

	if (code < 0)
		return code;
	if (!scope->id)
		scope->id = merging->next++;
	sqlite3_bind_int64(stmt, 1, scope->id);
	sqlite3_bind_int(stmt, 2, (int)scope->kind);
	sql_bind_bytes(stmt, 3, scope->name, scope->name_size);
	sqlite3_bind_int64(stmt, 4, merging->session);
	sqlite3_bind_int64(stmt, 5, set);
	sqlite3_bind_int(stmt, 6, merge_is_latest(merging, i));
	if (scope->incomplete)
		sqlite3_bind_text(
			stmt, 7, scope->incomplete, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, 7);
	sql_bind_bytes(stmt, 8, key->deep.bytes, sizeof(key->deep.bytes));
	if (more->members)
		sql_bind_bytes(stmt, 9, more->members, more->members_size);
	else
		sqlite3_bind_null(stmt, 9);
	return merge_run(merging, ADD_SCOPE, NULL);
}

/* What is remembered comes back under its number, until it is swept. */
static int merge_add_scope(
	struct merging *merging, size_t i, const struct scope_key *key)
{
	static const enum statement steps[] = {FIND_SCOPE, FIND_FORMER};
	struct recorded_scope *scope = &merging->reading.recording.scopes[i];
	int code = 0;

	for (size_t k = 0; code == 0 && !scope->id && k < 2; k++) {
		sql_bind_bytes(merging->stmts[steps[k]], 1, key->deep.bytes,
			sizeof(key->deep.bytes));
		code = merge_run(merging, steps[k], &scope->id);
		scope->reused = k == 0 && scope->id;
	}
	merging->reading.scopes[i].fresh = !scope->reused;
	if (code == 0 && !scope->reused)
		code = merge_insert_scope(merging, i, key);
	return code;
}

static int merge_add_edges(struct merging *merging, size_t i)
{
	const struct recording *recording = &merging->reading.recording;
	const struct recorded_scope *scope = &recording->scopes[i];
	int code = 0;

	for (size_t k = 0; code == 0 && k < scope->use_count; k++) {
		int64_t used = recording->scopes[scope->uses[k]].id;

		if (used == scope->id)
			continue;
		sqlite3_bind_int64(merging->stmts[ADD_USE], 1, scope->id);
		sqlite3_bind_int64(merging->stmts[ADD_USE], 2, used);
		code = merge_run(merging, ADD_USE, NULL);
	}
	for (size_t k = 0; code == 0 && k < scope->make_count; k++) {
		sqlite3_stmt *stmt = merging->stmts[ADD_MAKE];

		sqlite3_bind_int64(stmt, 1, scope->id);
		sqlite3_bind_int64(stmt, 2,
			recording->files->files[scope->makes[k].file].id);
		sqlite3_bind_int64(stmt, 3, scope->makes[k].kinds);
		sqlite3_bind_int64(stmt, 4, merging->session);
		code = merge_run(merging, ADD_MAKE, NULL);
	}
	return code;
}

static int merge_add_scopes(struct merging *merging)
{
	struct recording *recording = &merging->reading.recording;
	struct scope_key *keys = recording_keys(recording);
	int code = 0;

	for (size_t i = 0; code == 0 && i < recording->scope_count; i++)
		code = merge_add_scope(merging, i, &keys[i]);
	for (size_t i = 0; code == 0 && i < recording->scope_count; i++)
		if (merging->reading.scopes[i].fresh)
			code = merge_add_edges(merging, i);
	recording_keys_release(keys, recording->scope_count);
	return code;
}

/* Binds a result from its scope on: six columns, and says which is next. */
static void merge_bind_result(struct merging *merging, sqlite3_stmt *stmt,
	const struct merged_result *result)
{
	sqlite3_bind_int64(
		stmt, 1, merging->reading.recording.scopes[result->scope].id);
	sqlite3_bind_text(stmt, 2, result->runner, -1, SQLITE_STATIC);
	sql_bind_bytes(stmt, 3, result->id, strlen(result->id));
	if (result->outcome)
		sqlite3_bind_text(stmt, 4, result->outcome, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, 4);
	if (result->duration >= 0)
		sqlite3_bind_int64(stmt, 5, result->duration);
	else
		sqlite3_bind_null(stmt, 5);
	if (result->place)
		sql_bind_bytes(stmt, 6, result->place, strlen(result->place));
	else
		sqlite3_bind_null(stmt, 6);
}

static int merge_add_unit(
	struct merging *merging, const struct merged_result *result)
{
	const char *at = result->labels, *end = at + result->labels_size;
	int code;

	merge_bind_result(merging, merging->stmts[ADD_UNIT], result);
	code = merge_run(merging, ADD_UNIT, NULL);
	for (; code == 0 && at < end;
		at += strnlen(at, (size_t)(end - at)) + 1) {
		sqlite3_stmt *stmt = merging->stmts[ADD_LABEL];

		sqlite3_bind_int64(stmt, 1,
			merging->reading.recording.scopes[result->scope].id);
		sql_bind_bytes(stmt, 2, at, strnlen(at, (size_t)(end - at)));
		code = merge_run(merging, ADD_LABEL, NULL);
	}
	merging->merged->units++;
	return code;
}

static int merge_remember(
	struct merging *merging, const struct merged_result *result)
{
	sqlite3_stmt *stmt = merging->stmts[ADD_FORMER];
	int code;

	if (!result->outcome || merging->map->keep.results < 2)
		return 0;
	merge_bind_result(merging, stmt, result);
	sql_bind_bytes(stmt, 7, result->labels, result->labels_size);
	sqlite3_bind_int64(stmt, 8, result->ran);
	code = merge_run(merging, ADD_FORMER, NULL);
	if (sqlite3_changes(merging->map->db) > 0)
		merging->merged->results++;
	else
		merging->merged->known++;
	return code;
}

/* Whether the map knows of the file that has no such unit, or had not. */
static bool merge_is_denied(
	const struct merging *merging, const struct merged_result *result)
{
	const struct recording *recording = &merging->reading.recording;
	const struct recorded_scope *unit = &recording->scopes[result->scope];

	for (size_t i = 0; i < unit->use_count; i++) {
		const struct recorded_scope *used =
			&recording->scopes[unit->uses[i]];

		if (used->kind == SCOPE_COLLECT &&
			merge_knows_file(merging, used->name))
			return true;
	}
	return false;
}

static int merge_add_result(
	struct merging *merging, const struct merged_result *result)
{
	int64_t scope = merging->reading.recording.scopes[result->scope].id;
	int64_t unit = 0;
	int code = sql_find_unit(&unit, merging->map, merging->stmts[FIND_UNIT],
		result->runner, strlen(result->runner), result->id,
		strlen(result->id), merging->err);

	if (code < 0)
		return code;
	if (unit && unit == scope) {
		merging->merged->known++;
		return 0;
	}
	if (!unit && result->newest && !merge_is_denied(merging, result))
		return merge_add_unit(merging, result);
	merging->all &= !result->newest;
	return merge_remember(merging, result);
}

/* Rows of the other map, as they are. */
static int merge_copy(
	struct merging *merging, const char *from, const char *into)
{
	struct err why;
	sqlite3_stmt *row = sql_prepare(merging->reading.from, from, &why);
	sqlite3_stmt *stmt = sql_prepare(merging->map, into, merging->err);
	int code = !stmt ? MAP_IO : row ? 1 : -1;
	int stored = stmt ? 0 : MAP_IO;

	while (code > 0 && stored == 0 &&
		(code = sql_step(merging->reading.from, row, &why)) > 0) {
		for (int i = 0; i < sqlite3_column_count(row); i++)
			sqlite3_bind_value(
				stmt, i + 1, sqlite3_column_value(row, i));
		stored = sql_once(merging->map, stmt, merging->err);
	}
	sqlite3_finalize(row);
	sqlite3_finalize(stmt);
	if (stored < 0)
		return stored;
	return code < 0 ? merge_refuse(merging->reading.from, "it is damaged",
				  merging->err)
			: 0;
}

/* A listing of a directory that the map has not listed. */
static int merge_add_listings(struct merging *merging)
{
	struct query_name *known = NULL;
	struct interner names = {0};
	size_t count = 0;
	int code = query_listings(&known, &count, merging->map, merging->err);

	for (size_t i = 0; i < count; i++)
		intern(&names, known[i].name, strlen(known[i].name));
	query_names_release(known, count);
	for (size_t i = 0; code == 0 && i < merging->reading.listing_count;
		i++) {
		struct recorded_listing *listing =
			&merging->reading.recording.listings[i];
		struct scope_key key;
		int64_t set = 0;

		if (intern_find(&names, listing->directory,
			    strlen(listing->directory)) != INTERN_NONE)
			continue;
		recording_set(&key, &merging->reading.recording, listing->reads,
			&listing->read_count);
		code = readsets_store(&merging->sets, &key.set, key.pairs,
			key.pair_count, &set, merging->err);
		free(key.pairs);
		if (code == 0) {
			sqlite3_stmt *stmt = sql_prepare(merging->map,
				"INSERT INTO listing (directory, readset)"
				" VALUES (?, ?)",
				merging->err);

			code = stmt ? 0 : MAP_IO;
			if (stmt) {
				sql_bind_bytes(stmt, 1, listing->directory,
					strlen(listing->directory));
				sqlite3_bind_int64(stmt, 2, set);
				code = sql_once(
					merging->map, stmt, merging->err);
			}
			sqlite3_finalize(stmt);
		}
	}
	interner_release(&names);
	return code;
}

static const struct {
	const char *from, *into;
	bool all; /* only where all units are as they are there */
} copies[] = {
	{"SELECT glob FROM pattern",
		"INSERT OR IGNORE INTO pattern (glob) VALUES (?)", false},
	{"SELECT runner, id, part, since, latest, passed, failed FROM flaky",
		"INSERT OR IGNORE INTO flaky (runner, id, part, since, latest,"
		" passed, failed) VALUES (?, ?, ?, ?, ?, ?, ?)",
		false},
	{"SELECT runner, id, part, outcome, duration FROM test_case",
		"INSERT OR IGNORE INTO test_case (runner, id, part, outcome,"
		" duration) VALUES (?, ?, ?, ?, ?)",
		false},
	/* Before the commands, for those that the map has have their own. */
	{"SELECT line, directory, file FROM left_file",
		"INSERT OR IGNORE INTO left_file (line, directory, file)"
		" SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM command"
		"  WHERE line = ?1 AND directory = ?2)",
		true},
	/* Without its words: they would be run. */
	{"SELECT line, directory, duration, runner FROM command",
		"INSERT OR IGNORE INTO command (line, directory, duration,"
		" runner) VALUES (?, ?, ?, ?)",
		true},
};

static int merge_add_rest(struct merging *merging)
{
	char *tag = NULL;
	int64_t has = 0;
	int code = merge_add_listings(merging);

	for (size_t i = 0; code == 0 && i < sizeof(copies) / sizeof(*copies);
		i++)
		if (!copies[i].all || merging->all)
			code = merge_copy(
				merging, copies[i].from, copies[i].into);
	if (code == 0)
		code = sql_number(merging->map,
			"SELECT count(*) FROM interpreter", &has, merging->err);
	if (code == 0 && !has)
		code = source_interpreter(
			merging->reading.from, &tag, merging->err);
	if (code == 0 && tag)
		code = source_set_interpreter(merging->map, tag, merging->err);
	free(tag);
	return code;
}

static int merge_store(struct merging *merging)
{
	struct map *map = merging->map;
	struct err *err = merging->err;
	struct former_makers makers = {.list = NULL};
	int code = map_files_save(&merging->reading.files, map, err);

	if (code == 0)
		code = merge_prepare(merging);
	if (code == 0)
		code = merge_add_scopes(merging);
	for (size_t i = 0; code == 0 && i < merging->reading.result_count; i++)
		code = merge_add_result(merging, &merging->reading.results[i]);
	if (code == 0)
		code = merge_add_rest(merging);
	if (code == 0)
		code = former_makers_load(&makers, map, err);
	if (code == 0)
		code = former_take_along(map, &makers, err);
	if (code == 0)
		code = former_limit(map, err);
	if (code == 0)
		code = map_sweep(map, err);
	former_makers_release(&makers);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(merging->stmts[i]);
	readsets_close(&merging->sets);
	interner_release(&merging->collected);
	interner_release(&merging->directories);
	return code;
}

int map_merge(struct map *into, struct map *from, struct map_merged *merged,
	struct err *err)
{
	struct map_merged counts;
	struct merging merging = {.map = into,
		.err = err,
		.merged = merged ? merged : &counts,
		.all = true};
	int code = map_begin(into, err);

	memset(merging.merged, 0, sizeof(*merging.merged));
	if (code < 0)
		return code;
	code = map_enter(from, err);
	if (code == 0)
		code = merge_reading_open(&merging.reading, into, from, err);
	if (code == 0)
		code = merge_store(&merging);
	merge_reading_close(&merging.reading);
	map_leave(from, NULL);
	if (code == 0)
		code = map_commit(into, err);
	if (code < 0)
		map_rollback(into);
	return code;
}
