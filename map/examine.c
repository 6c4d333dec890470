/* SPDX-License-Identifier: MIT */
/*
 * Whether a map is damaged.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/map.h"
#include "map/schema.h"
#include "map/sql.h"

/* SQLite itself would read zeroes for the rest. */
int map_check_size(struct map *map, const char *path, struct err *err)
{
	int64_t page = 0;
	struct stat st;
	int code = sql_number(map, "PRAGMA page_size", &page, err);

	if (code == 0 && page > 0 && stat(path, &st) == 0 && st.st_size % page)
		return map_damaged(map, "it is cut short", err);
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
		code = map_check_size(&map, path, err);
	if (code == 0)
		code = schema_check(&map, err);
	if (code == 0)
		code = map_check(&map, err);
	sqlite3_close(map.db);
	free(path);
	return map.damaged ? MAP_DAMAGED : code;
}
