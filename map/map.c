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
	map->keep = MAP_KEEP;
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
		code = map_check_size(map, path, err);
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

void map_close(struct map *map)
{
	sqlite3_close(map->db);
	free(map->root);
	memset(map, 0, sizeof(*map));
}
