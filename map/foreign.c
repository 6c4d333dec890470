/* SPDX-License-Identifier: MIT */
/*
 * Opening a map that may come from anybody.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/merge.h"
#include "map/schema.h"
#include "map/sql.h"

/* A longer text or BLOB is in no map; nor are there more of anything. */
static const struct {
	int which, most;
} limits[] = {
	{SQLITE_LIMIT_LENGTH, 256 << 20},
	{SQLITE_LIMIT_SQL_LENGTH, 1 << 16},
	{SQLITE_LIMIT_COLUMN, 64},
	{SQLITE_LIMIT_EXPR_DEPTH, 100},
	{SQLITE_LIMIT_COMPOUND_SELECT, 16},
	{SQLITE_LIMIT_FUNCTION_ARG, 16},
	{SQLITE_LIMIT_ATTACHED, 0},
	{SQLITE_LIMIT_TRIGGER_DEPTH, 1},
	{SQLITE_LIMIT_WORKER_THREADS, 0},
};

/* What it may do is read tables. */
static int foreign_harden(struct map *map, struct err *err)
{
	static const struct {
		int what, value;
	} settings[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (sqlite3_db_config(map->db, settings[i].what,
			    settings[i].value, NULL) != SQLITE_OK)
			return sql_failed(map, err);
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		sqlite3_limit(map->db, limits[i].which, limits[i].most);
	return sql_run(map,
		"PRAGMA cell_size_check = ON; PRAGMA query_only = ON;"
		"PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY",
		err);
}

/* The text of a database's tables, to be freed; NULL on failure. */
static char *foreign_schema(struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT type || ' ' || name || ' ' || tbl_name || ' '"
		" || coalesce(sql, '') FROM sqlite_schema"
		" WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name",
		err);
	char *text = xstrdup(""), *longer;
	int code = row ? 1 : MAP_IO;

	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		char *one = sql_copy(row, 0);

		longer = xasprintf("%s%s;\n", text, one);
		free(one);
		free(text);
		text = longer;
	}
	sqlite3_finalize(row);
	if (code == 0)
		return text;
	free(text);
	return NULL;
}

/*
 * The tables have to be those that this program makes: a migration leaves
 * them just as they are in a new map.
 */
static int foreign_compare(struct map *map, const char *path, struct err *err)
{
	struct map own = {.root = map->root};
	char *theirs = NULL, *ours = NULL;
	int code = MAP_IO;

	if (sqlite3_open(":memory:", &own.db) != SQLITE_OK)
		err_set(err, MAP_IO, "no memory to compare '%s' in", path);
	else if (schema_prepare(&own, err) == 0)
		ours = foreign_schema(&own, err);
	if (ours)
		theirs = foreign_schema(map, err);
	if (theirs)
		code = !strcmp(ours, theirs)
			       ? 0
			       : err_set(err, MAP_BROKEN,
					 "'%s' does not have the tables of "
					 "a map; it is not merged",
					 path);
	free(ours);
	free(theirs);
	sqlite3_close(own.db);
	return code;
}

static int foreign_quick_check(
	struct map *map, const char *path, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map, "PRAGMA quick_check(1)", err);
	bool well = row && sql_step(map, row, err) > 0 &&
		    !strcmp((const char *)sqlite3_column_text(row, 0), "ok");

	sqlite3_finalize(row);
	return well ? 0
		    : err_set(err, MAP_BROKEN,
			      "map '%s' is damaged; it is not merged", path);
}

static int foreign_version(struct map *map, const char *path, struct err *err)
{
	int64_t version = 0, application = 0;
	struct err why;

	if (sql_number(map, "PRAGMA application_id", &application, &why) < 0 ||
		application != MAP_APPLICATION)
		return err_set(err, MAP_BROKEN,
			"'%s' is not an ftrace map; name the map.db of a "
			"project's .ftrace",
			path);
	if (sql_number(map, "PRAGMA user_version", &version, &why) < 0 ||
		version != MAP_VERSION)
		return err_set(err, MAP_BROKEN,
			"map '%s' is of version %lld and this ftrace merges "
			"version %d; record it with the same ftrace",
			path, (long long)version, MAP_VERSION);
	return 0;
}

int map_open_foreign(struct map *map, const char *path, struct err *err)
{
	struct stat st;
	int code = 0;

	memset(map, 0, sizeof(*map));
	map->read_only = true;
	map->root = xstrdup(path);
	map->keep = MAP_KEEP;
	if (stat(path, &st) < 0)
		code = err_set(err, MAP_MISSING, "map '%s': %s", path,
			strerror(errno));
	else if (!S_ISREG(st.st_mode))
		code = err_set(err, MAP_BROKEN,
			"'%s' is no file; name the map.db of a project's "
			".ftrace",
			path);
	else if (sqlite3_open_v2(path, &map->db,
			 SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
			 NULL) != SQLITE_OK)
		code = err_set(err, MAP_IO, "map '%s': %s", path,
			sqlite3_errmsg(map->db));
	if (code == 0) {
		sqlite3_busy_timeout(map->db, MAP_BUSY_MS);
		code = foreign_harden(map, err);
	}
	if (code == 0)
		code = foreign_version(map, path, err);
	if (code == 0)
		code = foreign_quick_check(map, path, err);
	if (code == 0)
		code = foreign_compare(map, path, err);
	if (code < 0)
		map_close(map);
	return code;
}
