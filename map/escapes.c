/* SPDX-License-Identifier: MIT */
#include "map/escapes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/sql.h"

static int escapes_add_file(struct map *map, int64_t escaped,
	const struct escaped_file *file, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"INSERT OR REPLACE INTO escaped_file (escaped, path, missing)"
		" VALUES (?, ?, ?)",
		err);
	int code;

	if (!row)
		return MAP_IO;
	sqlite3_bind_int64(row, 1, escaped);
	sql_bind_bytes(row, 2, file->path, strlen(file->path));
	sqlite3_bind_int(row, 3, file->missing);
	code = sql_once(map, row, err);
	sqlite3_finalize(row);
	return code;
}

int escapes_forget(struct map *map, const struct escaped *escaped,
	int64_t since, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"DELETE FROM escaped WHERE runner = ? AND unit = ?"
		" AND found >= ?",
		err);
	int code;

	if (!row)
		return MAP_IO;
	sqlite3_bind_text(row, 1, escaped->runner, -1, SQLITE_STATIC);
	sql_bind_bytes(row, 2, escaped->unit, strlen(escaped->unit));
	sqlite3_bind_int64(row, 3, since);
	code = sql_once(map, row, err);
	sqlite3_finalize(row);
	return code < 0 ? code
			: sql_run(map,
				  "DELETE FROM escaped_file WHERE escaped"
				  " NOT IN (SELECT id FROM escaped)",
				  err);
}

int escapes_add(struct map *map, const struct escaped *escaped, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"INSERT INTO escaped (found, runner, unit, why)"
		" VALUES (?, ?, ?, ?)",
		err);
	int64_t id;
	int code;

	if (!row)
		return MAP_IO;
	sqlite3_bind_int64(row, 1, escaped->found);
	sqlite3_bind_text(row, 2, escaped->runner, -1, SQLITE_STATIC);
	sql_bind_bytes(row, 3, escaped->unit, strlen(escaped->unit));
	sqlite3_bind_text(row, 4, escaped->why, -1, SQLITE_STATIC);
	code = sql_once(map, row, err);
	id = sqlite3_last_insert_rowid(map->db);
	sqlite3_finalize(row);
	for (size_t i = 0; code == 0 && i < escaped->file_count; i++)
		code = escapes_add_file(map, id, &escaped->files[i], err);
	return code;
}

struct escaped *escapes_new(struct escapes *escapes)
{
	return array_add(&escapes->list, &escapes->count, &escapes->room,
		sizeof(*escapes->list));
}

void escaped_add_file(struct escaped *escaped, const char *path, bool missing)
{
	struct escaped_file *file = array_add(&escaped->files,
		&escaped->file_count, &escaped->file_room, sizeof(*file));

	file->path = xstrdup(path);
	file->missing = missing;
}

static struct escaped *take_row(struct escapes *escapes, sqlite3_stmt *row)
{
	struct escaped *escaped = escapes_new(escapes);

	escaped->found = sqlite3_column_int64(row, 1);
	escaped->runner = sql_copy(row, 2);
	escaped->unit = sql_copy(row, 3);
	escaped->why = sql_copy(row, 4);
	return escaped;
}

int escapes_load(struct escapes *escapes, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT id, found, runner, unit, why, path, missing"
		" FROM escaped LEFT JOIN escaped_file ON escaped = id"
		" ORDER BY found, id, path",
		err);
	struct escaped *escaped = NULL;
	int64_t last = 0;
	int code = row ? 1 : MAP_IO;

	memset(escapes, 0, sizeof(*escapes));
	while (code > 0 && (code = sql_step(map, row, err)) > 0) {
		if (!escaped || sqlite3_column_int64(row, 0) != last)
			escaped = take_row(escapes, row);
		last = sqlite3_column_int64(row, 0);
		if (sqlite3_column_type(row, 5) != SQLITE_NULL)
			escaped_add_file(escaped,
				(const char *)sqlite3_column_text(row, 5),
				sqlite3_column_int(row, 6) != 0);
	}
	sqlite3_finalize(row);
	return code;
}

void escapes_release(struct escapes *escapes)
{
	for (size_t i = 0; i < escapes->count; i++) {
		struct escaped *escaped = &escapes->list[i];

		for (size_t k = 0; k < escaped->file_count; k++)
			free(escaped->files[k].path);
		free(escaped->files);
		free(escaped->runner);
		free(escaped->unit);
		free(escaped->why);
	}
	free(escapes->list);
	memset(escapes, 0, sizeof(*escapes));
}
