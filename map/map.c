/* SPDX-License-Identifier: MIT */
#include "map/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/aside.h"
#include "map/schema.h"
#include "map/sql.h"

/*
 * One writer, readers beside it, and after kill -9 the journal of the last
 * transaction, which the next to open the map rolls back: SQLite's defaults.
 * A journal that is truncated and not deleted saves a directory sync.
 */
static const char settings[] = "PRAGMA journal_mode = TRUNCATE;"
			       "PRAGMA synchronous = NORMAL;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA cell_size_check = ON;"
			       "PRAGMA cache_size = -16000;";

/* A database is whole pages; SQLite itself would read zeroes for the rest. */
static int check_size(struct map *map, const char *path, struct err *err)
{
	int64_t page = 0;
	struct stat st;
	int code = sql_number(map, "PRAGMA page_size", &page, err);

	if (code == 0 && page > 0 && stat(path, &st) == 0 && st.st_size % page)
		return map_damaged(map, "it is cut short", err);
	return code;
}

static int open_database(
	struct map *map, const char *path, enum map_mode mode, struct err *err)
{
	int flags = mode == MAP_RECORD
			    ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
			    : SQLITE_OPEN_READWRITE;
	int code;

	if (mode == MAP_QUERY && access(path, W_OK) < 0) {
		flags = SQLITE_OPEN_READONLY;
		map->read_only = true;
	}
	code = sqlite3_open_v2(
		path, &map->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
		return sql_failed(map, err);
	sqlite3_busy_timeout(map->db, MAP_BUSY_MS);
	return map->read_only ? 0 : sql_run(map, settings, err);
}

static int open_as(
	struct map *map, const char *root, enum map_mode mode, struct err *err)
{
	char *path = xasprintf("%s/" MAP_PATH, root);
	struct stat st;
	int code;

	memset(map, 0, sizeof(*map));
	map->root = xstrdup(root);
	if (mode == MAP_QUERY && stat(path, &st) < 0) {
		code = errno == ENOENT ? err_set(err, MAP_MISSING,
						 "no map in '%s'; record one "
						 "with 'ftrace run "
						 "-- COMMAND'",
						 root)
				       : err_set(err, MAP_IO, "map '%s': %s",
						 path, strerror(errno));
		goto out;
	}
	code = open_database(map, path, mode, err);
	if (code == 0)
		code = check_size(map, path, err);
	if (code == 0)
		code = schema_prepare(map, err);
out:
	if (code < 0) {
		code = map->damaged ? MAP_DAMAGED : code;
		map_close(map);
	}
	free(path);
	return code;
}

int map_open(
	struct map *map, const char *root, enum map_mode mode, struct err *err)
{
	int code = open_as(map, root, mode, err);

	if (code != MAP_DAMAGED || mode != MAP_RECORD)
		return code;
	code = map_put_aside(root, err);
	if (code == 0)
		code = open_as(map, root, mode, err);
	map->put_aside = code == 0;
	return code;
}

int map_check(struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map, "PRAGMA integrity_check(1)", err);
	int code = row ? sql_step(map, row, err) : MAP_IO;

	if (code > 0 &&
		strcmp((const char *)sqlite3_column_text(row, 0), "ok") != 0)
		code = map_damaged(
			map, (const char *)sqlite3_column_text(row, 0), err);
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

int map_examine(const char *root, struct err *err)
{
	struct map map = {.root = (char *)root, .read_only = true};
	char *path = xasprintf("%s/" MAP_PATH, root);
	int code = 0;

	if (sqlite3_open_v2(path, &map.db,
		    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
		    "unix-none") != SQLITE_OK)
		code = sql_failed(&map, err);
	if (code == 0)
		code = check_size(&map, path, err);
	if (code == 0)
		code = schema_check(&map, err);
	if (code == 0)
		code = map_check(&map, err);
	sqlite3_close(map.db);
	free(path);
	return map.damaged ? MAP_DAMAGED : code;
}

void map_close(struct map *map)
{
	sqlite3_close(map->db);
	free(map->root);
	memset(map, 0, sizeof(*map));
}

int map_begin(struct map *map, struct err *err)
{
	return sql_run(map, "BEGIN IMMEDIATE", err);
}

int map_commit(struct map *map, struct err *err)
{
	return sql_run(map, "COMMIT", err);
}

void map_rollback(struct map *map)
{
	sqlite3_exec(map->db, "ROLLBACK", NULL, NULL, NULL);
}

int map_enter(struct map *map, struct err *err)
{
	return sql_run(map, "SAVEPOINT entered", err);
}

int map_leave(struct map *map, struct err *err)
{
	int code = sql_run(map, "RELEASE entered", err);

	/* Only the outermost, which commits, can fail; it must not linger. */
	if (code < 0)
		map_rollback(map);
	return code;
}

void map_undo(struct map *map)
{
	sqlite3_exec(map->db, "ROLLBACK TO entered; RELEASE entered", NULL,
		NULL, NULL);
}
