/* SPDX-License-Identifier: MIT */
#include "map/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"

static char *copy_if_any(sqlite3_stmt *row, int at)
{
	return sqlite3_column_type(row, at) == SQLITE_NULL ? NULL
							   : sql_copy(row, at);
}

int query_units(struct query_units *units, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT scope, runner, id, outcome, coalesce(duration, -1),"
		" place, coalesce(recalled, 0) FROM unit ORDER BY runner, id",
		err);
	int code = row ? 1 : MAP_IO;

	memset(units, 0, sizeof(*units));
	while (code > 0) {
		struct query_unit *unit;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		unit = array_add(&units->units, &units->count, &units->room,
			sizeof(*unit));
		unit->scope = sqlite3_column_int64(row, 0);
		unit->runner = sql_copy(row, 1);
		unit->id = sql_copy(row, 2);
		unit->outcome = copy_if_any(row, 3);
		unit->duration = sqlite3_column_int64(row, 4);
		unit->place = copy_if_any(row, 5);
		unit->recalled = sqlite3_column_int64(row, 6);
	}
	sqlite3_finalize(row);
	return code;
}

const struct query_unit *query_units_find(const struct query_units *units,
	const char *runner, size_t runner_size, const char *id)
{
	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];

		if (!strcmp(unit->id, id) &&
			strlen(unit->runner) == runner_size &&
			!memcmp(unit->runner, runner, runner_size))
			return unit;
	}
	return NULL;
}

void query_units_release(struct query_units *units)
{
	for (size_t i = 0; i < units->count; i++) {
		free(units->units[i].runner);
		free(units->units[i].id);
		free(units->units[i].outcome);
		free(units->units[i].place);
	}
	free(units->units);
	memset(units, 0, sizeof(*units));
}

int query_scope(
	struct query_scope *scope, struct map *map, int64_t id, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT kind, name, incomplete, session FROM scope"
		" WHERE id = ?",
		err);
	int code;

	memset(scope, 0, sizeof(*scope));
	if (!row)
		return MAP_IO;
	sqlite3_bind_int64(row, 1, id);
	code = sql_step(map, row, err);
	if (code > 0) {
		scope->kind = (enum scope_kind)sqlite3_column_int(row, 0);
		scope->name = sql_copy(row, 1);
		scope->incomplete = copy_if_any(row, 2);
		scope->session = sqlite3_column_int64(row, 3);
	} else if (code == 0) {
		code = map_damaged(map, "a scope is missing", err);
	}
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

void query_scope_release(struct query_scope *scope)
{
	free(scope->name);
	free(scope->incomplete);
	memset(scope, 0, sizeof(*scope));
}

int query_any_unit(
	bool *any, struct map *map, const char *runner, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT 1 FROM unit WHERE ?1 IS NULL OR runner = ?1 LIMIT 1",
		err);
	int code = MAP_IO;

	if (row) {
		sqlite3_bind_text(row, 1, runner, -1, SQLITE_STATIC);
		code = sql_step(map, row, err);
	}
	*any = code > 0;
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

static int numbers(int64_t **out, size_t *count, struct map *map,
	sqlite3_stmt *row, struct err *err)
{
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*out = NULL;
	*count = 0;
	while (code > 0) {
		code = sql_step(map, row, err);
		if (code > 0)
			*(int64_t *)array_add(out, count, &room,
				sizeof(**out)) = sqlite3_column_int64(row, 0);
	}
	sqlite3_finalize(row);
	return code;
}

int query_incomplete(
	int64_t **scopes, size_t *count, struct map *map, struct err *err)
{
	return numbers(scopes, count, map,
		sql_prepare(map,
			"SELECT id FROM scope WHERE incomplete IS NOT NULL",
			err),
		err);
}

int query_of_kind(int64_t **scopes, size_t *count, struct map *map,
	enum scope_kind kind, struct err *err)
{
	sqlite3_stmt *row =
		sql_prepare(map, "SELECT id FROM scope WHERE kind = ?", err);

	if (row)
		sqlite3_bind_int(row, 1, (int)kind);
	return numbers(scopes, count, map, row, err);
}

int query_file_states(int64_t **states, size_t *count, struct map *map,
	const char *path, bool stale, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT state.id FROM file JOIN state ON state.file = file.id"
		" WHERE file.path = ?1 AND state.live <= 1 - ?2"
		" AND state.former = 0",
		err);
	int code;

	if (row) {
		sql_bind_bytes(row, 1, path, strlen(path));
		sqlite3_bind_int(row, 2, stale);
	}
	code = numbers(states, count, map, row, err);
	return code < 0 || *count || !stale ? code
					    : query_file_states(states, count,
						      map, path, false, err);
}

/* Pairs of a number and a name; finalizes the statement, which may be NULL. */
static int names_of(struct query_name **names, size_t *count, struct map *map,
	sqlite3_stmt *row, struct err *err)
{
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*names = NULL;
	*count = 0;
	while (code > 0) {
		struct query_name *name;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		name = array_add(names, count, &room, sizeof(*name));
		name->scope = sqlite3_column_int64(row, 0);
		name->name = sql_copy(row, 1);
	}
	sqlite3_finalize(row);
	return code;
}

int query_names(struct query_name **names, size_t *count, struct map *map,
	enum scope_kind kind, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT id, name FROM scope WHERE kind = ? AND latest = 1",
		err);

	if (row)
		sqlite3_bind_int(row, 1, (int)kind);
	return names_of(names, count, map, row, err);
}

int query_all_names(struct query_name **names, size_t *count, struct map *map,
	enum scope_kind kind, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(
		map, "SELECT id, name FROM scope WHERE kind = ?", err);

	if (row)
		sqlite3_bind_int(row, 1, (int)kind);
	return names_of(names, count, map, row, err);
}

int query_sources(struct query_name **names, size_t *count, struct map *map,
	struct err *err)
{
	return names_of(names, count, map,
		sql_prepare(map,
			"SELECT DISTINCT state.file, scope.name FROM state"
			" JOIN reads ON reads.state = state.id"
			" JOIN scope ON scope.readset = reads.readset"
			" WHERE state.aspect = " SQL_ASPECT_CODE
			" AND state.block = x''"
			" AND scope.kind = " SQL_SCOPE_MODULE,
			err),
		err);
}

int query_passed(struct query_name **names, size_t *count, struct map *map,
	struct err *err)
{
	return names_of(names, count, map,
		sql_prepare(map,
			"SELECT listing.id, file.path FROM listing"
			" JOIN reads ON reads.readset = listing.readset"
			" JOIN state ON state.id = reads.state"
			" JOIN file ON file.id = state.file"
			" WHERE state.aspect = " SQL_ASPECT_PRESENCE,
			err),
		err);
}

int query_listings(struct query_name **names, size_t *count, struct map *map,
	struct err *err)
{
	return names_of(names, count, map,
		sql_prepare(map, "SELECT id, directory FROM listing", err),
		err);
}

int query_listed(struct query_name **names, size_t *count, struct map *map,
	int64_t state, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT listing.id, listing.directory FROM reads"
		" JOIN listing ON listing.readset = reads.readset"
		" WHERE reads.state = ?",
		err);

	if (row)
		sqlite3_bind_int64(row, 1, state);
	return names_of(names, count, map, row, err);
}

int query_patterns(struct query_name **names, size_t *count, struct map *map,
	struct err *err)
{
	return names_of(names, count, map,
		sql_prepare(map, "SELECT 0, glob FROM pattern", err), err);
}

int query_labelled(int64_t **scopes, size_t *count, struct map *map,
	const char *label, struct err *err)
{
	sqlite3_stmt *row =
		sql_prepare(map, "SELECT scope FROM label WHERE name = ?", err);

	if (row)
		sql_bind_bytes(row, 1, label, strlen(label));
	return numbers(scopes, count, map, row, err);
}

void query_names_release(struct query_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i].name);
	free(names);
}

int query_accesses(struct query_access **accesses, size_t *count,
	struct map *map, int64_t scope, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT file.path, state.block, reads.kinds, state.id"
		" FROM scope JOIN reads ON reads.readset = scope.readset"
		" JOIN state ON state.id = reads.state"
		" JOIN file ON file.id = state.file WHERE scope.id = ?1"
		" UNION ALL SELECT file.path, '', makes.kinds, 0"
		" FROM makes JOIN file ON file.id = makes.file"
		" WHERE makes.scope = ?1",
		err);
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*accesses = NULL;
	*count = 0;
	if (row)
		sqlite3_bind_int64(row, 1, scope);
	while (code > 0) {
		struct query_access *access;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		access = array_add(accesses, count, &room, sizeof(*access));
		access->path = sql_copy(row, 0);
		access->block = sql_copy(row, 1);
		access->kinds = (uint32_t)sqlite3_column_int64(row, 2);
		access->state = sqlite3_column_int64(row, 3);
	}
	sqlite3_finalize(row);
	return code;
}

void query_accesses_release(struct query_access *accesses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(accesses[i].path);
		free(accesses[i].block);
	}
	free(accesses);
}

int query_totals(struct query_totals *totals, struct map *map, struct err *err)
{
	static const char sql[] =
		"SELECT (SELECT count(*) FROM unit),"
		" (SELECT count(*) FROM scope), (SELECT count(*) FROM file),"
		" (SELECT count(*) FROM state WHERE former = 0),"
		" (SELECT count(*) FROM reads),"
		" (SELECT count(*) FROM uses), (SELECT count(*) FROM makes),"
		" (SELECT count(*) FROM session),"
		" (SELECT started FROM session ORDER BY id DESC LIMIT 1),"
		" (SELECT command FROM session ORDER BY id DESC LIMIT 1)";
	sqlite3_stmt *row = sql_prepare(map, sql, err);
	int64_t *const to[] = {&totals->units, &totals->scopes, &totals->files,
		&totals->states, &totals->reads, &totals->uses, &totals->makes,
		&totals->sessions, &totals->last_started};
	int code;

	memset(totals, 0, sizeof(*totals));
	if (!row)
		return MAP_IO;
	code = sql_step(map, row, err);
	if (code > 0) {
		for (int i = 0; i < 9; i++)
			*to[i] = sqlite3_column_int64(row, i);
		totals->last_command = copy_if_any(row, 9);
	}
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

void query_totals_release(struct query_totals *totals)
{
	free(totals->last_command);
	memset(totals, 0, sizeof(*totals));
}

int query_bases(
	int64_t **scopes, size_t *count, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT id FROM scope WHERE kind = " SQL_SCOPE_RUN
		" AND name = x''"
		" AND EXISTS (SELECT 1 FROM uses"
		"  JOIN unit ON unit.scope = uses.scope"
		"  WHERE uses.used = scope.id AND unit.runner <> 'command')",
		err);
	size_t room = 0;
	int code = row ? 1 : MAP_IO;

	*scopes = NULL;
	*count = 0;
	while (code > 0) {
		code = sql_step(map, row, err);
		if (code > 0)
			*(int64_t *)array_add(
				scopes, count, &room, sizeof(**scopes)) =
				sqlite3_column_int64(row, 0);
	}
	sqlite3_finalize(row);
	return code;
}
