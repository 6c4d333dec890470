/* SPDX-License-Identifier: MIT */
#include "map/learn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/files.h"
#include "map/sql.h"
#include "map/widen.h"
#include "wire/kind.h"

struct pairs {
	struct pair {
		int64_t state, kinds;
	} * list;
	size_t count, room;
};

static void learn_add_pair(struct pairs *pairs, int64_t state, int64_t kinds)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (pairs->list[i].state != state)
			continue;
		pairs->list[i].kinds |= kinds;
		return;
	}
	*(struct pair *)array_add(&pairs->list, &pairs->count, &pairs->room,
		sizeof(*pairs->list)) = (struct pair){state, kinds};
}

static int learn_find_unit(struct map *map, const struct escaped *escaped,
	int64_t *scope, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map, SQL_FIND_UNIT, err);
	int code = MAP_IO;

	*scope = 0;
	if (stmt)
		code = sql_find_unit(scope, map, stmt, escaped->runner,
			strlen(escaped->runner), escaped->unit,
			strlen(escaped->unit), err);
	sqlite3_finalize(stmt);
	return code;
}

static int load_reads(
	struct pairs *pairs, struct map *map, int64_t scope, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT state, kinds FROM reads JOIN scope"
		" ON scope.readset = reads.readset WHERE scope.id = ?",
		err);
	int code = row ? 1 : MAP_IO;

	if (row)
		sqlite3_bind_int64(row, 1, scope);
	while (code > 0 && (code = sql_step(map, row, err)) > 0)
		*(struct pair *)array_add(&pairs->list, &pairs->count,
			&pairs->room, sizeof(*pairs->list)) =
			(struct pair){sqlite3_column_int64(row, 0),
				sqlite3_column_int64(row, 1)};
	sqlite3_finalize(row);
	return code;
}

/* Of a directory what is in it, of anything else what it holds. */
static uint32_t learn_state_now(struct map_files *files, const char *path)
{
	uint32_t file = map_files_intern(files, path, strlen(path));

	map_file_check(files, file, NULL);
	return map_file_state(files, file,
		S_ISDIR(files->files[file].identity.mode) ? ASPECT_LISTING
							  : ASPECT_CONTENT,
		"", 0);
}

int learn_files(struct map *map, const struct escaped *escaped, struct err *err)
{
	struct map_files files;
	struct pairs pairs = {.list = NULL};
	uint32_t *states = xcalloc(escaped->file_count + 1, sizeof(*states));
	int64_t scope = 0;
	int code = map_files_load(&files, map, err);

	if (code == 0)
		code = learn_find_unit(map, escaped, &scope, err);
	if (code < 0 || !scope)
		goto out;
	for (size_t i = 0; i < escaped->file_count; i++)
		states[i] = learn_state_now(&files, escaped->files[i].path);
	map_files_settle(&files);
	code = map_files_save(&files, map, err);
	if (code == 0)
		code = load_reads(&pairs, map, scope, err);
	for (size_t i = 0; code == 0 && i < escaped->file_count; i++)
		learn_add_pair(&pairs, files.states[states[i]].id,
			KIND_BIT(ACCESS_READ) | KIND_AUDITED | KIND_LEARNED);
	if (code == 0 && escaped->file_count)
		code = scope_widen(
			map, scope, &pairs.list->state, pairs.count, NULL, err);
out:
	free(pairs.list);
	free(states);
	map_files_release(&files);
	return code;
}
