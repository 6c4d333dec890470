/* SPDX-License-Identifier: MIT */
#include "map/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"

static void bind_unit(sqlite3_stmt *stmt, const char *runner, const char *id)
{
	sqlite3_bind_text(stmt, 1, runner, -1, SQLITE_STATIC);
	sql_bind_bytes(stmt, 2, id, strlen(id));
}

int map_cases_load(struct map_cases *cases, struct map *map, const char *runner,
	const char *id, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT part, outcome, coalesce(duration, -1) FROM test_case"
		" WHERE runner = ?1 AND id = ?2 ORDER BY part",
		err);
	int code = row ? 1 : MAP_IO;

	memset(cases, 0, sizeof(*cases));
	if (row)
		bind_unit(row, runner, id);
	while (code > 0) {
		struct map_case *one;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		one = array_add(&cases->list, &cases->count, &cases->room,
			sizeof(*one));
		one->part = sql_copy(row, 0);
		one->outcome = sql_copy(row, 1);
		one->duration = sqlite3_column_int64(row, 2);
	}
	sqlite3_finalize(row);
	return code;
}

void map_cases_release(struct map_cases *cases)
{
	for (size_t i = 0; i < cases->count; i++) {
		free(cases->list[i].part);
		free(cases->list[i].outcome);
	}
	free(cases->list);
	memset(cases, 0, sizeof(*cases));
}

static int drop(
	struct map *map, const char *runner, const char *id, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"DELETE FROM test_case WHERE runner = ?1 AND id = ?2", err);
	int code = MAP_IO;

	if (stmt) {
		bind_unit(stmt, runner, id);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

int map_cases_store(const struct map_cases *cases, struct map *map,
	const char *runner, const char *id, struct err *err)
{
	sqlite3_stmt *stmt;
	int code = drop(map, runner, id, err);

	if (code < 0)
		return code;
	stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO test_case"
		" (runner, id, part, outcome, duration)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",
		err);
	code = stmt ? 0 : MAP_IO;
	for (size_t i = 0; code == 0 && i < cases->count; i++) {
		const struct map_case *one = &cases->list[i];

		bind_unit(stmt, runner, id);
		sql_bind_bytes(stmt, 3, one->part, strlen(one->part));
		sqlite3_bind_text(stmt, 4, one->outcome, -1, SQLITE_STATIC);
		if (one->duration < 0)
			sqlite3_bind_null(stmt, 5);
		else
			sqlite3_bind_int64(stmt, 5, one->duration);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

int map_cases_end_unit(struct map *map, const char *runner, const char *id,
	const char *outcome, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"UPDATE unit SET outcome = ?3 WHERE runner = ?1 AND id = ?2",
		err);
	int code = MAP_IO;

	if (stmt) {
		bind_unit(stmt, runner, id);
		sqlite3_bind_text(stmt, 3, outcome, -1, SQLITE_STATIC);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}
