/* SPDX-License-Identifier: MIT */
#include "map/left.h"

#include <string.h>

#include "map/query.h"
#include "map/sql.h"

static sqlite3_stmt *prepare(struct map *map, const char *text,
	const char *line, const char *directory, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map, text, err);

	if (stmt) {
		sql_bind_bytes(stmt, 1, line, strlen(line));
		sql_bind_bytes(stmt, 2, directory, strlen(directory));
	}
	return stmt;
}

int left_load(struct left *left, struct map *map, const char *line,
	const char *directory, struct err *err)
{
	sqlite3_stmt *row;
	int code;

	memset(left, 0, sizeof(*left));
	row = prepare(map,
		"SELECT file FROM left_file WHERE line = ? AND directory = ?",
		line, directory, err);
	code = row ? 1 : MAP_IO;
	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		intern(&left->files, sqlite3_column_blob(row, 0),
			(size_t)sqlite3_column_bytes(row, 0));
	sqlite3_finalize(row);
	return code;
}

bool left_has(const struct left *left, const char *file, size_t size)
{
	return left->files.count &&
	       intern_find(&left->files, file, size) != INTERN_NONE;
}

void left_release(struct left *left)
{
	interner_release(&left->files);
	memset(left, 0, sizeof(*left));
}

static int forget(
	struct map *map, const struct recording *recording, struct err *err)
{
	sqlite3_stmt *stmt = prepare(map,
		"DELETE FROM left_file WHERE (line = ?1 AND directory = ?2)"
		" OR NOT EXISTS (SELECT 1 FROM command"
		"  WHERE command.line = left_file.line"
		"  AND command.directory = left_file.directory)",
		recording->words, recording->directory, err);
	int code = stmt ? sql_once(map, stmt, err) : MAP_IO;

	sqlite3_finalize(stmt);
	return code;
}

/* The classes in a file, which are collected too, are left with it. */
static int add(struct map *map, const struct recording *recording,
	const struct query_name *names, size_t count, struct err *err)
{
	struct interner met = {0};
	sqlite3_stmt *stmt = prepare(map,
		"INSERT OR IGNORE INTO left_file (line, directory, file)"
		" VALUES (?, ?, ?)",
		recording->words, recording->directory, err);
	int code = stmt ? 0 : MAP_IO;

	for (size_t i = 0; i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind == SCOPE_COLLECT)
			intern(&met, scope->name, scope->name_size);
	}
	for (size_t i = 0; code == 0 && i < count; i++) {
		const char *name = names[i].name;

		if (strstr(name, "::") ||
			intern_find(&met, name, strlen(name)) != INTERN_NONE)
			continue;
		sql_bind_bytes(stmt, 3, name, strlen(name));
		code = sql_once(map, stmt, err);
	}
	interner_release(&met);
	sqlite3_finalize(stmt);
	return code;
}

int left_store(
	struct map *map, const struct recording *recording, struct err *err)
{
	struct query_name *names = NULL;
	size_t count = 0;
	int code = forget(map, recording, err);

	if (code == 0)
		code = query_names(&names, &count, map, SCOPE_COLLECT, err);
	if (code == 0)
		code = add(map, recording, names, count, err);
	query_names_release(names, count);
	return code;
}
