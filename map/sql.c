/* SPDX-License-Identifier: MIT */
#include "map/sql.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "map/recording.h"
#include "wire/kind.h"

_Static_assert(KIND_BIT(ACCESS_WRITE) == 64 && KIND_DRIVEN == 4096 &&
		       KIND_AUDITED == 16384 && KIND_MAKER == 32768,
	"map/sql.h has the numbers of kinds of access");
_Static_assert(ASPECT_CONTENT == 0 && ASPECT_LISTING == 1 &&
		       ASPECT_PRESENCE == 4 && ASPECT_CODE == 5,
	"map/sql.h has the numbers of aspects");
_Static_assert(SCOPE_RUN == 0 && SCOPE_MODULE == 3,
	"map/sql.h has the numbers of kinds of scope");

int map_damaged(struct map *map, const char *why, struct err *err)
{
	map->damaged = true;
	return err_set(err, MAP_DAMAGED,
		"map '%s/" MAP_PATH "' is damaged (%s); record again with "
		"'ftrace run -- COMMAND', which puts it aside",
		map->root, why);
}

int sql_failed(struct map *map, struct err *err)
{
	int code = sqlite3_errcode(map->db);

	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return map_damaged(map, sqlite3_errmsg(map->db), err);
	case SQLITE_FULL:
		return err_set(err, MAP_IO,
			"no space left for map '%s/" MAP_PATH "'", map->root);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, MAP_IO,
			"map '%s/" MAP_PATH
			"' is in use by another ftrace; try again",
			map->root);
	default:
		return err_set(err, MAP_IO, "map '%s/" MAP_PATH "': %s",
			map->root, sqlite3_errmsg(map->db));
	}
}

int sql_run(struct map *map, const char *sql, struct err *err)
{
	if (sqlite3_exec(map->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(map, err);
	return 0;
}

sqlite3_stmt *sql_prepare(struct map *map, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(map->db, sql, -1, &stmt, NULL) != SQLITE_OK)
		sql_failed(map, err);
	return stmt;
}

sqlite3_stmt *sql_prepare_command(struct map *map, const char *sql,
	const char *line, const char *directory, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map, sql, err);

	if (stmt) {
		sql_bind_bytes(stmt, 1, line, strlen(line));
		sql_bind_bytes(stmt, 2, directory, strlen(directory));
	}
	return stmt;
}

int sql_step(struct map *map, sqlite3_stmt *stmt, struct err *err)
{
	int code = sqlite3_step(stmt);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : sql_failed(map, err);
}

int sql_once(struct map *map, sqlite3_stmt *stmt, struct err *err)
{
	int code = sql_step(map, stmt, err);

	sqlite3_reset(stmt);
	return code < 0 ? code : 0;
}

void sql_bind_bytes(sqlite3_stmt *stmt, int at, const void *bytes, size_t n)
{
	/* A NULL pointer would bind NULL, which is not the empty string. */
	sqlite3_bind_blob64(
		stmt, at, n ? bytes : "", (sqlite3_uint64)n, SQLITE_STATIC);
}

char *sql_copy(sqlite3_stmt *row, int at)
{
	const void *bytes = sqlite3_column_blob(row, at);

	return xmemdup(
		bytes ? bytes : "", (size_t)sqlite3_column_bytes(row, at));
}

int sql_number(struct map *map, const char *sql, int64_t *out, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map, sql, err);
	int code;

	if (!stmt)
		return MAP_IO;
	code = sql_step(map, stmt, err);
	if (code > 0)
		*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return code < 0 ? code : 0;
}

int sql_find_unit(int64_t *scope, struct map *map, sqlite3_stmt *stmt,
	const char *runner, size_t runner_size, const char *id, size_t id_size,
	struct err *err)
{
	int code;

	sqlite3_bind_text(stmt, 1, runner, (int)runner_size, SQLITE_STATIC);
	sql_bind_bytes(stmt, 2, id, id_size);
	code = sql_step(map, stmt, err);
	*scope = code > 0 ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_reset(stmt);
	return code < 0 ? code : 0;
}
