/* SPDX-License-Identifier: MIT */
/*
 * The files of the map, to and from the database.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/files.h"
#include "map/sql.h"

/* Database numbers to places in memory, while loading. */
struct numbers {
	int64_t *ids;
	size_t count, room;
};

/* Rows come in the order of their numbers, so a binary search will do. */
static uint32_t files_store_place_of(const struct numbers *numbers, int64_t id)
{
	size_t low = 0, high = numbers->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (numbers->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < numbers->count && numbers->ids[low] == id ? (uint32_t)low
							       : FILE_NONE;
}

static void load_file(
	struct map_files *files, struct numbers *numbers, sqlite3_stmt *row)
{
	uint32_t i = map_files_intern(files, sqlite3_column_blob(row, 1),
		(size_t)sqlite3_column_bytes(row, 1));
	struct map_file *file = &files->files[i];

	file->id = sqlite3_column_int64(row, 0);
	file->identity.inode = (uint64_t)sqlite3_column_int64(row, 2);
	file->identity.size = sqlite3_column_int64(row, 3);
	file->identity.mtime = sqlite3_column_int64(row, 4);
	file->identity.ctime = sqlite3_column_int64(row, 5);
	file->identity.mode = (uint32_t)sqlite3_column_int64(row, 6);
	file->seen = sqlite3_column_int64(row, 7);
	file->source = sqlite3_column_int64(row, 9);
	file->loaded = sqlite3_column_int64(row, 10);
	file->dirty = false;
	/* A database number until all rows are there. */
	file->dir = (uint32_t)sqlite3_column_int64(row, 8);
	*(int64_t *)array_add(&numbers->ids, &numbers->count, &numbers->room,
		sizeof(*numbers->ids)) = file->id;
}

static int load_files(struct map_files *files, struct numbers *numbers,
	struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT id, path, inode, size, mtime, ctime, mode, seen,"
		" coalesce(dir, 0), coalesce(source, 0), coalesce(loaded, 0)"
		" FROM file ORDER BY id",
		err);
	int code = row ? 1 : MAP_IO;

	while (code > 0) {
		code = sql_step(map, row, err);
		if (code > 0)
			load_file(files, numbers, row);
	}
	sqlite3_finalize(row);
	for (size_t i = 0; i < files->count; i++) {
		uint32_t dir =
			files_store_place_of(numbers, files->files[i].dir);

		files->files[i].dir = dir;
		if (dir != FILE_NONE)
			files->files[dir].anchor = true;
	}
	return code;
}

static void load_state(struct map_files *files, const struct numbers *numbers,
	sqlite3_stmt *row)
{
	uint32_t file =
		files_store_place_of(numbers, sqlite3_column_int64(row, 1));
	struct map_state *state;

	if (file == FILE_NONE)
		return;
	state = array_add(&files->states, &files->state_count,
		&files->state_room, sizeof(*state));
	state->id = sqlite3_column_int64(row, 0);
	state->file = file;
	state->aspect = (enum aspect)sqlite3_column_int(row, 2);
	state->block = intern(&files->blocks, sqlite3_column_blob(row, 3),
		(size_t)sqlite3_column_bytes(row, 3));
	if (sqlite3_column_bytes(row, 4) == sizeof(state->print.bytes))
		memcpy(state->print.bytes, sqlite3_column_blob(row, 4),
			sizeof(state->print.bytes));
	state->live = sqlite3_column_int(row, 5) != 0;
	state->former = sqlite3_column_int(row, 6) != 0;
	files->files[file].coded |= state->aspect == ASPECT_CODE;
	state->next = files->files[file].state;
	files->files[file].state = (uint32_t)(state - files->states);
}

int map_files_load(struct map_files *files, struct map *map, struct err *err)
{
	struct numbers numbers = {0};
	sqlite3_stmt *row = NULL;
	int code;

	memset(files, 0, sizeof(*files));
	files->root = map->root;
	code = load_files(files, &numbers, map, err);
	if (code < 0)
		goto out;
	row = sql_prepare(map,
		"SELECT id, file, aspect, block, print, live, former"
		" FROM state",
		err);
	code = row ? 1 : MAP_IO;
	while (code > 0) {
		code = sql_step(map, row, err);
		if (code > 0)
			load_state(files, &numbers, row);
	}
out:
	sqlite3_finalize(row);
	free(numbers.ids);
	return code;
}

static int save_file(struct map_files *files, uint32_t i, struct map *map,
	sqlite3_stmt *stmt, struct err *err)
{
	struct map_file *file = &files->files[i];
	const struct interned *path = &files->paths.entries[i];
	int code;

	if (file->id)
		sqlite3_bind_int64(stmt, 1, file->id);
	else
		sqlite3_bind_null(stmt, 1);
	sql_bind_bytes(stmt, 2, path->bytes, path->size);
	sqlite3_bind_int64(stmt, 3, (int64_t)file->identity.inode);
	sqlite3_bind_int64(stmt, 4, file->identity.size);
	sqlite3_bind_int64(stmt, 5, file->identity.mtime);
	sqlite3_bind_int64(stmt, 6, file->identity.ctime);
	sqlite3_bind_int64(stmt, 7, file->identity.mode);
	sqlite3_bind_int64(stmt, 8, file->seen);
	if (file->dir != FILE_NONE && files->files[file->dir].id)
		sqlite3_bind_int64(stmt, 9, files->files[file->dir].id);
	else
		sqlite3_bind_null(stmt, 9);
	if (file->source)
		sqlite3_bind_int64(stmt, 10, file->source);
	else
		sqlite3_bind_null(stmt, 10);
	if (file->loaded)
		sqlite3_bind_int64(stmt, 11, file->loaded);
	else
		sqlite3_bind_null(stmt, 11);
	code = sql_once(map, stmt, err);
	if (!file->id)
		file->id = sqlite3_last_insert_rowid(map->db);
	file->dirty = false;
	return code;
}

/* Directories first: absent paths refer to them. */
static int save_files(struct map_files *files, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt = sql_prepare(map,
		"INSERT INTO file (id, path, inode, size, mtime, ctime, mode,"
		" seen, dir, source, loaded)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET inode = excluded.inode,"
		" size = excluded.size, mtime = excluded.mtime,"
		" ctime = excluded.ctime, mode = excluded.mode,"
		" seen = excluded.seen, dir = excluded.dir,"
		" source = excluded.source, loaded = excluded.loaded",
		err);
	int code = stmt ? 0 : MAP_IO;

	for (int absent = 0; absent < 2; absent++)
		for (uint32_t i = 0; code == 0 && i < files->count; i++)
			if (files->files[i].dirty &&
				(files->files[i].dir != FILE_NONE) == absent)
				code = save_file(files, i, map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}

/* Those that files have got since, and the files' numbers of them. */
static int save_sources(
	struct map_files *files, struct map *map, struct err *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < files->source_count; i++)
		if (!files->sources[i]->id)
			code = source_store(files->sources[i], map, err);
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].code)
			files->files[i].source = files->files[i].code->id;
	for (size_t i = 0; i < files->count; i++)
		if (files->files[i].loads)
			files->files[i].loaded = files->files[i].loads->id;
	return code;
}

static int save_state(struct map_files *files, struct map_state *state,
	struct map *map, sqlite3_stmt *stmt, struct err *err)
{
	const struct interned *block = &files->blocks.entries[state->block];
	int code;

	if (state->id)
		sqlite3_bind_int64(stmt, 1, state->id);
	else
		sqlite3_bind_null(stmt, 1);
	sqlite3_bind_int64(stmt, 2, files->files[state->file].id);
	sqlite3_bind_int(stmt, 3, (int)state->aspect);
	sql_bind_bytes(stmt, 4, block->bytes, block->size);
	sql_bind_bytes(stmt, 5, state->print.bytes, sizeof(state->print.bytes));
	sqlite3_bind_int(stmt, 6, state->live);
	code = sql_once(map, stmt, err);
	if (!state->id)
		state->id = sqlite3_last_insert_rowid(map->db);
	state->dirty = false;
	return code;
}

int map_files_save(struct map_files *files, struct map *map, struct err *err)
{
	sqlite3_stmt *stmt;
	int code = save_sources(files, map, err);

	if (code == 0)
		code = save_files(files, map, err);
	if (code < 0)
		return code;
	stmt = sql_prepare(map,
		"INSERT INTO state (id, file, aspect, block, print, live)"
		" VALUES (?, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET live = excluded.live",
		err);
	code = stmt ? 0 : MAP_IO;
	for (size_t i = 0; code == 0 && i < files->state_count; i++)
		if (files->states[i].dirty)
			code = save_state(
				files, &files->states[i], map, stmt, err);
	sqlite3_finalize(stmt);
	return code;
}
