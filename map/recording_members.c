/* SPDX-License-Identifier: MIT */
#include "map/recording_members.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/frames.h"
#include "base/id.h"
#include "map/recording_news.h"
#include "map/sql.h"

int recording_members_find(char **bytes, size_t *size, struct map *map,
	const char *file, size_t file_size, struct err *err)
{
	/* By runner, for which there is an index. */
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT CAST(unit.runner AS BLOB) || x'2f' || unit.id"
		" FROM (SELECT DISTINCT runner FROM unit) AS runners"
		" JOIN unit ON unit.runner = runners.runner AND"
		" (unit.id = ?1 OR (unit.id > ?2 AND unit.id < ?3))",
		err);
	struct frames frames = {0};
	char *from = xasprintf("%.*s:", (int)file_size, file);
	char *to = xasprintf("%.*s%c", (int)file_size, file, ':' + 1);
	int code = row ? 1 : MAP_IO;

	if (row) {
		sql_bind_bytes(row, 1, file, file_size);
		sql_bind_bytes(row, 2, from, file_size + 1);
		sql_bind_bytes(row, 3, to, file_size + 1);
	}
	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		frames_add(&frames, sqlite3_column_blob(row, 0),
			(size_t)sqlite3_column_bytes(row, 0));
	sqlite3_finalize(row);
	free(from);
	free(to);
	*bytes = frames.bytes ? frames.bytes : xcalloc(1, 1);
	*size = frames.size;
	return code;
}

/* Whether the map has a unit of the recording. */
static int is_stored(bool *yes, struct map *map, sqlite3_stmt *find,
	const struct recorded_scope *unit, struct err *err)
{
	size_t runner = 0, id_size = 0;
	int64_t scope = unit->id;
	const char *id = "";
	int code = 0;

	if (!scope && unit_name_split(unit->name, unit->name_size, &runner, &id,
			      &id_size))
		code = sql_find_unit(&scope, map, find, unit->name, runner, id,
			id_size, err);
	*yes = scope != 0;
	return code;
}

/* Not where some were left out that the map has not. */
static int knows_members(bool *yes, const struct recording *recording,
	const struct recorded_scope *file, struct map *map, sqlite3_stmt *find,
	struct err *err)
{
	int code = 0;

	*yes = file->full;
	for (size_t i = 0; code == 0 && *yes && i < recording->scope_count;
		i++) {
		const struct recorded_scope *unit = &recording->scopes[i];

		if (unit->kind == SCOPE_UNIT && recording_is_below(unit, file))
			code = is_stored(yes, map, find, unit, err);
	}
	return code;
}

static int store_members(const struct recorded_scope *file, struct map *map,
	sqlite3_stmt *set, struct err *err)
{
	char *frames;
	size_t size;
	int code = recording_members_find(
		&frames, &size, map, file->name, file->name_size, err);

	if (code == 0) {
		sqlite3_bind_int64(set, 1, file->id);
		sql_bind_bytes(set, 2, frames, size);
		code = sql_once(map, set, err);
	}
	free(frames);
	return code;
}

int recording_members_store(
	const struct recording *recording, struct map *map, struct err *err)
{
	sqlite3_stmt *find = sql_prepare(map, SQL_FIND_UNIT, err);
	sqlite3_stmt *set = sql_prepare(
		map, "UPDATE scope SET members = ?2 WHERE id = ?1", err);
	int code = find && set ? 0 : MAP_IO;

	for (size_t i = 0; code == 0 && i < recording->scope_count; i++) {
		const struct recorded_scope *file = &recording->scopes[i];
		bool yes = false;

		if (file->kind != SCOPE_COLLECT || !file->id)
			continue;
		code = knows_members(&yes, recording, file, map, find, err);
		if (code == 0 && yes)
			code = store_members(file, map, set, err);
	}
	sqlite3_finalize(find);
	sqlite3_finalize(set);
	return code;
}
