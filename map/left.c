/* SPDX-License-Identifier: MIT */
#include "map/left.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "map/query.h"
#include "map/sql.h"

int left_load(struct left *left, struct map *map, const char *line,
	const char *directory, struct err *err)
{
	sqlite3_stmt *row;
	int code;

	memset(left, 0, sizeof(*left));
	row = sql_prepare_command(map,
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

int left_passes(bool *yes, const struct left *left, struct map *map,
	int64_t scope, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT name || '/' FROM scope"
		" WHERE id = ? AND kind = ? AND latest = 1",
		err);
	int code = MAP_IO;

	*yes = false;
	if (row) {
		sqlite3_bind_int64(row, 1, scope);
		sqlite3_bind_int(row, 2, SCOPE_DISCOVER);
		code = sql_step(map, row, err);
	}
	if (code > 0)
		*yes = !left_has(left, sqlite3_column_blob(row, 0),
			(size_t)sqlite3_column_bytes(row, 0));
	sqlite3_finalize(row);
	return code < 0 ? code : 0;
}

void left_release(struct left *left)
{
	interner_release(&left->files);
	memset(left, 0, sizeof(*left));
}

static int left_forget(struct map *map, const struct recording *recording,
	const char *line, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare_command(map,
		"DELETE FROM left_file WHERE (line = ?1 AND directory = ?2)"
		" OR NOT EXISTS (SELECT 1 FROM command"
		"  WHERE command.line = left_file.line"
		"  AND command.directory = left_file.directory)",
		line, recording->directory, err);
	int code = stmt ? sql_once(map, stmt, err) : MAP_IO;

	sqlite3_finalize(stmt);
	return code;
}

/*
 * The scopes of a kind that this run did not meet. The classes in a file, which
 * are collected too, are left with it.
 */
static int left_add(struct map *map, const struct recording *recording,
	const char *line, enum scope_kind kind, const char *end,
	struct err *err)
{
	struct query_name *names = NULL;
	size_t count = 0;
	struct interner met = {0};
	sqlite3_stmt *stmt = sql_prepare_command(map,
		"INSERT OR IGNORE INTO left_file (line, directory, file)"
		" VALUES (?, ?, ?)",
		line, recording->directory, err);
	int code = stmt ? query_names(&names, &count, map, kind, err) : MAP_IO;

	for (size_t i = 0; i < recording->scope_count; i++) {
		const struct recorded_scope *scope = &recording->scopes[i];

		if (scope->kind == kind)
			intern(&met, scope->name, scope->name_size);
	}
	for (size_t i = 0; code == 0 && i < count; i++) {
		const char *name = names[i].name;
		char *file;

		if (id_file(name) ||
			intern_find(&met, name, strlen(name)) != INTERN_NONE)
			continue;
		file = xasprintf("%s%s", name, end);
		sql_bind_bytes(stmt, 3, file, strlen(file));
		code = sql_once(map, stmt, err);
		free(file);
	}
	query_names_release(names, count);
	interner_release(&met);
	sqlite3_finalize(stmt);
	return code;
}

static int left_store_line(struct map *map, const struct recording *recording,
	const char *line, struct err *err)
{
	int code = left_forget(map, recording, line, err);

	if (code == 0)
		code = left_add(map, recording, line, SCOPE_COLLECT, "", err);
	if (code == 0)
		code = left_add(map, recording, line, SCOPE_DISCOVER, "/", err);
	return code;
}

int left_store(
	struct map *map, const struct recording *recording, struct err *err)
{
	int code = left_store_line(map, recording, recording->asked, err);

	if (code == 0 && recording->sibling)
		code = left_store_line(map, recording, recording->sibling, err);
	return code;
}
