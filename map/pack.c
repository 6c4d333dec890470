/* SPDX-License-Identifier: MIT */
#include "map/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/home.h"
#include "map/schema.h"
#include "map/sql.h"

/* No value of a map is as long; SQLite's own limits are far above. */
#define PACK_VALUE_MAX (64 << 20)
#define PACK_SQL_MAX (1 << 20)

static const char strip[] =
	"UPDATE file SET inode = 0, size = 0, mtime = 0, ctime = 0, seen = 0;"
	"UPDATE session SET command = x'';"
	"DELETE FROM session WHERE id < (SELECT max(id) FROM session);"
	"DELETE FROM smoke; DELETE FROM tally; DELETE FROM former;"
	"DELETE FROM former_scope; DELETE FROM former_set;"
	"DELETE FROM state WHERE former;";

/* Only where something was there once is a time of any use. */
static int pack_copy(struct map *map, const char *path, struct err *err)
{
	sqlite3_stmt *copy = sql_prepare(map, "VACUUM INTO ?", err);
	int code = MAP_IO;

	if (copy) {
		sqlite3_bind_text(copy, 1, path, -1, SQLITE_STATIC);
		code = sql_step(map, copy, err);
	}
	sqlite3_finalize(copy);
	return code < 0 ? code : 0;
}

static int pack_open(struct map *pack, const char *path, struct err *err)
{
	*pack = (struct map){.root = xstrdup(path)};
	if (sqlite3_open_v2(path, &pack->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK)
		return sql_failed(pack, err);
	return 0;
}

int map_pack(struct map *map, const char *path, struct err *err)
{
	struct map pack = {0};
	int code = pack_copy(map, path, err);

	if (code == 0)
		code = pack_open(&pack, path, err);
	if (code == 0)
		code = sql_run(&pack,
			"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			"PRAGMA temp_store = MEMORY;",
			err);
	if (code == 0)
		code = sql_run(&pack, strip, err);
	if (code == 0)
		code = schema_drop_indexes(&pack, err);
	/* The smallest that packs best. */
	if (code == 0)
		code = sql_run(&pack, "PRAGMA page_size = 1024; VACUUM;", err);
	map_close(&pack);
	return code;
}

static void pack_defend(struct map *pack)
{
	static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA,
		SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
		SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};

	sqlite3_db_config(pack->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (size_t i = 0; i < sizeof(off) / sizeof(*off); i++)
		sqlite3_db_config(pack->db, off[i], 0, NULL);
	sqlite3_limit(pack->db, SQLITE_LIMIT_LENGTH, PACK_VALUE_MAX);
	sqlite3_limit(pack->db, SQLITE_LIMIT_SQL_LENGTH, PACK_SQL_MAX);
	sqlite3_limit(pack->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(pack->db, SQLITE_LIMIT_VARIABLE_NUMBER, 100);
}

/* What an int64_t column of ours says in a map: sound, or not. */
static int pack_check_head(struct map *pack, struct err *err)
{
	int code = schema_check(pack, err);

	if (code == 0)
		code = schema_compare(pack, false, err);
	if (code == 0)
		code = map_check(pack, err);
	return code;
}

int map_open_pack(struct map *map, const char *path, struct err *err)
{
	int code = pack_open(map, path, err);

	if (code < 0)
		return code;
	pack_defend(map);
	code = sql_run(map,
		"PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
		"PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
		"PRAGMA temp_store = MEMORY;",
		err);
	if (code == 0)
		code = map_check_size(map, path, err);
	if (code == 0)
		code = pack_check_head(map, err);
	if (code == 0)
		code = schema_prepare(map, err);
	/* Whatever is amiss with it, it is no map of this project's. */
	if (code < 0 && code != MAP_IO)
		code = MAP_BROKEN;
	return code;
}

/* "a, b" of a table's columns, to be freed; NULL on failure. */
static char *pack_columns(struct map *map, const char *table, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT group_concat('\"' || name || '\"', ', ')"
		" FROM pragma_table_info(?)",
		err);
	char *columns = NULL;

	if (row) {
		sqlite3_bind_text(row, 1, table, -1, SQLITE_STATIC);
		if (sql_step(map, row, err) > 0)
			columns = sql_copy(row, 0);
	}
	sqlite3_finalize(row);
	return columns;
}

/* Steps both: a row is bound as it stands. */
static int pack_move_rows(struct map *to, sqlite3_stmt *insert,
	struct map *from, sqlite3_stmt *row, struct err *err)
{
	int columns = sqlite3_column_count(row), code;

	while ((code = sql_step(from, row, err)) > 0) {
		for (int i = 0; i < columns; i++)
			sqlite3_bind_value(
				insert, i + 1, sqlite3_column_value(row, i));
		code = sql_once(to, insert, err);
		if (code < 0)
			return code;
	}
	return code;
}

static char *pack_insert(
	struct map *map, const char *table, const char *columns)
{
	char *marks = xstrdup("?"), *sql;

	for (const char *at = columns; (at = strchr(at, ',')); at++) {
		char *longer = xasprintf("%s, ?", marks);

		free(marks);
		marks = longer;
	}
	(void)map;
	sql = xasprintf(
		"INSERT INTO \"%s\" (%s) VALUES (%s)", table, columns, marks);
	free(marks);
	return sql;
}

static int pack_move_table(
	struct map *to, struct map *from, const char *table, struct err *err)
{
	char *columns = pack_columns(to, table, err), *select, *insert;
	sqlite3_stmt *row = NULL, *put = NULL;
	int code = MAP_IO;

	if (!columns)
		return code;
	select = xasprintf("SELECT %s FROM \"%s\"", columns, table);
	insert = pack_insert(to, table, columns);
	row = sql_prepare(from, select, err);
	put = row ? sql_prepare(to, insert, err) : NULL;
	if (put)
		code = pack_move_rows(to, put, from, row, err);
	sqlite3_finalize(put);
	sqlite3_finalize(row);
	free(insert);
	free(select);
	free(columns);
	return code;
}

/* The names of all tables, NUL behind each; to be freed. */
static char *pack_tables(struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT group_concat(name, char(10)) FROM sqlite_schema"
		" WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
		" ESCAPE '\\'",
		err);
	char *tables = NULL;

	if (row && sql_step(map, row, err) > 0)
		tables = sql_copy(row, 0);
	sqlite3_finalize(row);
	return tables;
}

static int pack_each_table(struct map *map, struct map *from, struct err *err)
{
	char *tables = pack_tables(map, err), *rest = tables, *table;
	int code = tables ? 0 : MAP_IO;

	while (code == 0 && (table = strsep(&rest, "\n"))) {
		char *sql = xasprintf("DELETE FROM \"%s\"", table);

		code = sql_run(map, sql, err);
		free(sql);
		if (code == 0 && from)
			code = pack_move_table(map, from, table, err);
	}
	free(tables);
	return code;
}

static int pack_take(
	bool *taken, struct map *map, struct map *pack, struct err *err)
{
	int64_t units = 0;
	int code = map_begin(map, err);

	if (code < 0)
		return code;
	code = sql_number(map, "SELECT count(*) FROM unit", &units, err);
	if (code == 0 && !units) {
		code = pack_each_table(map, pack, err);
		if (code == 0)
			code = sql_run(map, strip, err);
		*taken = code == 0;
	}
	if (code == 0)
		return map_commit(map, err);
	map_rollback(map);
	*taken = false;
	return code;
}

int map_take_pack(
	bool *taken, const char *root, const char *path, struct err *err)
{
	struct map map, pack;
	int code = map_open_pack(&pack, path, err);

	*taken = false;
	if (code == 0)
		code = map_home_make(root, err);
	if (code == 0)
		code = map_open(&map, root, MAP_RECORD, err);
	if (code == 0) {
		code = pack_take(taken, &map, &pack, err);
		map_close(&map);
	}
	map_close(&pack);
	return code;
}

int map_merge_pack(struct map_merged *merged, const char *root,
	const struct map_keep *keep, const char *path, const char *work,
	struct err *err)
{
	char *whole = xasprintf("%s/" MAP_PATH, work);
	struct map map, from;
	bool taken;
	/* As a map of its own, which has all indexes. */
	int code = map_take_pack(&taken, work, path, err);

	if (code == 0)
		code = map_open_foreign(&from, whole, err);
	if (code < 0)
		goto out;
	code = map_open(&map, root, MAP_RECORD, err);
	if (code == 0) {
		map.keep = *keep;
		code = map_merge(&map, &from, merged, err);
		map_close(&map);
	}
	map_close(&from);
out:
	free(whole);
	return code;
}

int map_clear(const char *root, struct err *err)
{
	struct map map;
	int code = map_open(&map, root, MAP_QUERY, err);

	if (code < 0)
		return code;
	code = map_begin(&map, err);
	if (code == 0) {
		code = pack_each_table(&map, NULL, err);
		if (code == 0)
			code = map_commit(&map, err);
		else
			map_rollback(&map);
	}
	if (code == 0)
		code = sql_run(&map, "VACUUM", err);
	map_close(&map);
	return code;
}
