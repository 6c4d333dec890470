/* SPDX-License-Identifier: MIT */
#include "map/moved.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "map/moved_above.h"
#include "map/placed.h"
#include "map/sql.h"

/* A text of the row, to be freed; NULL for NULL, and for one with a NUL. */
static char *moved_text(sqlite3_stmt *row, int at)
{
	char *text = sqlite3_column_type(row, at) == SQLITE_NULL
			     ? NULL
			     : sql_copy(row, at);

	if (text && strlen(text) != (size_t)sqlite3_column_bytes(row, at)) {
		free(text);
		text = NULL;
	}
	return text;
}

static void moved_add(struct map_places *places, sqlite3_stmt *row)
{
	char *role = sql_copy(row, 0);
	struct map_place *place = map_places_add_fact(places, role);

	free(role);
	if (!place)
		return;
	place->path = moved_text(row, 1);
	place->real = moved_text(row, 2);
	place->program = moved_text(row, 3);
	place->version = moved_text(row, 4);
	/* From a map of anybody's. */
	if (!place->path || !place->real || *place->path != '/' ||
		*place->real != '/' || !place->path[1] || !place->real[1]) {
		free(place->path);
		free(place->real);
		place->path = place->real = NULL;
	}
}

static int moved_load(
	struct map_places *places, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT role, path, real, program, version FROM place"
		" WHERE length(role) < 64 AND (path IS NULL OR"
		" length(path) < 4096) LIMIT 100",
		err);
	int code = row ? 1 : MAP_IO;

	while (code > 0) {
		code = sql_step(map, row, err);
		if (code > 0)
			moved_add(places, row);
	}
	sqlite3_finalize(row);
	return code;
}

static void moved_bind(sqlite3_stmt *stmt, int at, const char *text)
{
	if (text)
		sql_bind_bytes(stmt, at, text, strlen(text));
	else
		sqlite3_bind_null(stmt, at);
}

static int moved_store(
	const struct map_places *places, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"INSERT OR REPLACE INTO place"
		" (role, path, real, program, version) VALUES (?, ?, ?, ?, ?)",
		err);
	int code = stmt ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < places->count; i++) {
		const struct map_place *place = &places->list[i];

		sqlite3_bind_text(stmt, 1, place->role, -1, SQLITE_STATIC);
		moved_bind(stmt, 2, place->path);
		moved_bind(stmt, 3, place->real);
		moved_bind(stmt, 4, place->program);
		if (place->version)
			sqlite3_bind_text(
				stmt, 5, place->version, -1, SQLITE_STATIC);
		else
			sqlite3_bind_null(stmt, 5);
		code = sql_once(map, stmt, err);
	}
	sqlite3_finalize(stmt);
	return code;
}

/* One row of a table, and what stands in its column from now on. */
struct moved_row {
	int64_t id;
	char *path;
};

struct moved_rows {
	struct moved_row *list;
	size_t count, room;
};

static void moved_rows_release(struct moved_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->list[i].path);
	free(rows->list);
}

/* Where a file lies here; NULL: where it lay. */
static char *moved_file_path(
	const struct map *map, const struct map_places *then, const char *path)
{
	char *moved = moved_above_folder(map, then, path);

	if (!moved)
		return map_places_path(then, &map->places, path);
	if (strcmp(moved, path) != 0)
		return moved;
	free(moved);
	return NULL;
}

/* The files that lie elsewhere, and with a path of NULL those that may say so.
 */
static int moved_files(struct moved_rows *rows, const struct map_places *then,
	struct map *map, struct err *err)
{
	sqlite3_stmt *row =
		sql_prepare(map, "SELECT id, path, mode FROM file", err);
	int code = row ? 1 : MAP_IO;

	while (code > 0) {
		char *path, *moved;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		path = sql_copy(row, 1);
		moved = moved_file_path(map, then, path);
		if (moved || placed_may(path) ||
			S_ISLNK((mode_t)sqlite3_column_int64(row, 2)))
			*(struct moved_row *)array_add(&rows->list,
				&rows->count, &rows->room,
				sizeof(*rows->list)) = (struct moved_row){
				.id = sqlite3_column_int64(row, 0),
				.path = moved};
		free(path);
	}
	sqlite3_finalize(row);
	return code;
}

/* Runs a statement with a number and a path, or without. */
static int moved_with(struct map *map, const char *sql, int64_t id,
	const char *path, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map, sql, err);
	int code;

	if (!stmt)
		return MAP_IO;
	sqlite3_bind_int64(stmt, 1, id);
	if (path)
		sql_bind_bytes(stmt, 2, path, strlen(path));
	code = sql_once(map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}

/*
 * A file is in the map already at the path that another one's becomes. What was
 * seen of this one is true of that then.
 */
static int moved_merge(
	struct map *map, int64_t id, const char *path, struct err *err)
{
#define OTHER "(SELECT id FROM file WHERE path = ?2)"
#define TWIN \
	"(SELECT b.id FROM state a JOIN state b ON b.file = " OTHER \
	" AND b.aspect = a.aspect AND b.block = a.block" \
	" AND b.print = a.print WHERE a.id = reads.state)"
	static const char *const steps[] = {
		"UPDATE OR IGNORE state SET file = " OTHER " WHERE file = ?1",
		"UPDATE OR IGNORE reads SET state = " TWIN
		" WHERE state IN (SELECT id FROM state WHERE file = ?1)",
		"DELETE FROM reads WHERE ?2 IS NOT NULL AND state IN"
		" (SELECT id FROM state WHERE file = ?1)",
		"DELETE FROM state WHERE ?2 IS NOT NULL AND file = ?1",
		"UPDATE OR IGNORE makes SET file = " OTHER " WHERE file = ?1",
		"DELETE FROM makes WHERE ?2 IS NOT NULL AND file = ?1",
		"UPDATE file SET dir = " OTHER " WHERE dir = ?1",
		"UPDATE file SET inode = 0, ctime = 0"
		" WHERE ?1 IS NOT NULL AND path = ?2",
		"DELETE FROM file WHERE ?2 IS NOT NULL AND id = ?1"};
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(steps) / sizeof(*steps); i++)
		code = moved_with(map, steps[i], id, path, err);
	return code;
#undef TWIN
#undef OTHER
}

static int moved_put(struct map *map, const struct moved_row *row,
	sqlite3_stmt *put, struct err *err)
{
	int code;

	sqlite3_bind_int64(put, 1, row->id);
	sql_bind_bytes(put, 2, row->path, strlen(row->path));
	code = sql_once(map, put, err);
	if (code == 0 && sqlite3_changes(map->db) == 0)
		code = moved_merge(map, row->id, row->path, err);
	return code;
}

/* In two steps: a path that one leaves may be the one that another gets. */
static int moved_put_all(
	struct map *map, const struct moved_rows *rows, struct err *err)
{
	sqlite3_stmt *leave = sql_prepare(map,
		"UPDATE file SET inode = 0, ctime = 0,"
		" path = CASE WHEN ?2 THEN CAST('/@ftrace/' || id AS BLOB)"
		" ELSE path END, dir = CASE WHEN ?2 THEN NULL ELSE dir END"
		" WHERE id = ?1",
		err);
	sqlite3_stmt *put = sql_prepare(
		map, "UPDATE OR IGNORE file SET path = ?2 WHERE id = ?1", err);
	int code = leave && put ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < rows->count; i++) {
		sqlite3_bind_int64(leave, 1, rows->list[i].id);
		sqlite3_bind_int(leave, 2, rows->list[i].path != NULL);
		code = sql_once(map, leave, err);
	}
	for (size_t i = 0; code == 0 && i < rows->count; i++)
		if (rows->list[i].path)
			code = moved_put(map, &rows->list[i], put, err);
	sqlite3_finalize(leave);
	sqlite3_finalize(put);
	return code;
}

/* Directories in other tables, as paths are stored. */
static int moved_directories(const struct map_places *then, struct map *map,
	const char *table, const char *column, struct err *err)
{
	char *sql = xasprintf("SELECT DISTINCT %s FROM %s WHERE"
			      " substr(%s, 1, 1) = x'2f'",
		column, table, column);
	sqlite3_stmt *row = sql_prepare(map, sql, err), *put = NULL;
	int code = row ? 1 : MAP_IO;

	free(sql);
	sql = xasprintf("UPDATE OR IGNORE %s SET %s = ? WHERE %s = ?", table,
		column, column);
	if (row)
		put = sql_prepare(map, sql, err);
	if (!put)
		code = MAP_IO;
	while (code > 0) {
		char *path, *moved;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		path = sql_copy(row, 0);
		moved = map_places_path(then, &map->places, path);
		if (moved) {
			sql_bind_bytes(put, 1, moved, strlen(moved));
			sql_bind_bytes(put, 2, path, strlen(path));
			code = sql_once(map, put, err) < 0 ? MAP_IO : 1;
		}
		free(moved);
		free(path);
	}
	sqlite3_finalize(row);
	sqlite3_finalize(put);
	free(sql);
	return code;
}

static int moved_rewrite(
	const struct map_places *then, struct map *map, struct err *err)
{
	static const char *const columns[][2] = {{"listing", "directory"},
		{"unit", "place"}, {"command", "directory"},
		{"left_file", "directory"}};
	const struct map_place *was = map_places_find(then, PLACE_ROOT);
	const struct map_place *is = map_places_find(&map->places, PLACE_ROOT);
	struct moved_rows rows = {0};
	struct moved_above above = {0};
	int code = moved_above_list(&above, map, err);

	if (code == 0)
		code = moved_files(&rows, then, map, err);
	if (code == 0)
		code = moved_put_all(map, &rows, err);
	/* Files that are the same, as those of a mount, may name the root. */
	if (code == 0 && was && is && was->path && is->path &&
		strcmp(was->real, is->real) != 0)
		code = sql_run(
			map, "UPDATE file SET inode = 0, ctime = 0", err);
	for (size_t i = 0; code == 0 && i < sizeof(columns) / sizeof(*columns);
		i++)
		code = moved_directories(
			then, map, columns[i][0], columns[i][1], err);
	if (code == 0)
		code = moved_above_add(map, then, &above, err);
	if (code == 0)
		code = moved_store(&map->places, map, err);
	moved_above_release(&above);
	moved_rows_release(&rows);
	return code;
}

/* In memory it can be changed, and what becomes of it there is nobody's. */
static int moved_copy(struct map *map, struct err *err)
{
	sqlite3 *memory = NULL;
	sqlite3_backup *copy = NULL;
	int code = sqlite3_open_v2(":memory:", &memory,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	if (code == SQLITE_OK)
		copy = sqlite3_backup_init(memory, "main", map->db, "main");
	if (copy)
		sqlite3_backup_step(copy, -1);
	if (!copy || sqlite3_backup_finish(copy) != SQLITE_OK) {
		sqlite3_close(memory);
		return err_set(err, MAP_IO,
			"map '%s/" MAP_PATH "' cannot be copied into memory",
			map->root);
	}
	sqlite3_close(map->db);
	map->db = memory;
	return 0;
}

static int moved_find(struct map_places *then, struct map *map, struct err *err)
{
	int code = moved_load(then, map, err);

	map_places_release(&map->places);
	if (code == 0)
		map_places_here(&map->places, then, map->root);
	return code;
}

int map_move_in(struct map *map, struct err *err)
{
	struct map_places then = {0};
	int code = moved_find(&then, map, err);

	if (code < 0 || map_places_same(&then, &map->places))
		goto out;
	if (map->read_only)
		code = moved_copy(map, err);
	if (code == 0)
		code = map_begin(map, err);
	if (code < 0)
		goto out;
	/* Somebody else may have moved it while we waited. */
	map_places_release(&then);
	code = moved_find(&then, map, err);
	if (code == 0 && !map_places_same(&then, &map->places))
		code = moved_rewrite(&then, map, err);
	if (code == 0)
		code = map_commit(map, err);
	if (code < 0)
		map_rollback(map);
out:
	map_places_release(&then);
	return code;
}

int map_note_places(struct map *map, const char *program, struct err *err)
{
	struct map_places *places = &map->places;
	const char *below = program ? path_below(program, map->root) : NULL;
	const char *stored = below && *below ? below : program;
	size_t known = places->count;

	map_places_of_environment(places, map->root);
	if (stored)
		map_places_of_program(places, map->root, stored);
	for (size_t i = 0; i < places->count; i++) {
		struct map_place *place = &places->list[i];

		if (i >= known && place->version)
			place->now = xstrdup(place->version);
		if (!place->now ||
			(place->program && (!stored || strcmp(place->program,
							       stored) != 0)))
			continue;
		free(place->version);
		place->version = xstrdup(place->now);
	}
	return moved_store(places, map, err);
}
