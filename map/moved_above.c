/* SPDX-License-Identifier: MIT */
#include "map/moved_above.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "map/sql.h"

/* No folder of anybody lies there. */
#define NOWHERE "/@ftrace/above"

/* The folder so many steps above a root, "" of the whole; to be freed. */
static char *folder_above(const char *root, size_t steps)
{
	char *folder = xstrdup(root), *slash;

	while (steps-- && (slash = strrchr(folder, '/')))
		*slash = '\0';
	return folder;
}

static size_t depth_of(const char *root)
{
	size_t depth = 0;

	for (; *root; root++)
		depth += *root == '/';
	return depth;
}

/* Whether a place lies below the folder. */
static bool moved_above_is_on_way(
	const struct map_place *place, const char *folder)
{
	const char *rest = place->real ? path_below(place->real, folder) : NULL;

	return rest && *rest;
}

char *moved_above_folder(
	const struct map *map, const struct map_places *then, const char *path)
{
	const struct map_place *was = NULL, *is;
	char *folder;

	for (size_t i = 0; !was && i < then->count; i++)
		if (moved_above_is_on_way(&then->list[i], path))
			was = &then->list[i];
	is = was ? map_places_find(&map->places, was->role) : NULL;
	if (!is || !is->real || map_places_cover(then, path, strlen(path)))
		return NULL;
	folder = folder_above(is->real, depth_of(was->real) - depth_of(path));
	if (*folder)
		return folder;
	free(folder);
	return xstrdup("/");
}

int moved_above_list(
	struct moved_above *above, struct map *map, struct err *err)
{
	sqlite3_stmt *row = sql_prepare(map,
		"SELECT id, path, mode FROM file WHERE substr(path, 1, 1) ="
		" x'2f' AND substr(path, 1, 9) != CAST('/@ftrace/' AS BLOB)"
		" AND id IN (SELECT file FROM state)",
		err);
	int code = row ? 1 : MAP_IO;

	while (code > 0) {
		struct above_file *file;

		code = sql_step(map, row, err);
		if (code <= 0)
			break;
		file = array_add(&above->list, &above->count, &above->room,
			sizeof(*file));
		file->id = sqlite3_column_int64(row, 0);
		file->path = sql_copy(row, 1);
		file->absent = sqlite3_column_int64(row, 2) == 0;
	}
	sqlite3_finalize(row);
	return code;
}

/* Whoever read the one reads the other in the same way. */
static int above_twin(
	struct map *map, int64_t id, const char *path, struct err *err)
{
#define OTHER "(SELECT id FROM file WHERE path = ?2)"
	static const char *const steps[] = {
		"INSERT OR IGNORE INTO file"
		" (path, inode, size, mtime, ctime, mode, seen)"
		" SELECT ?2, 0, size, 0, 0, mode, 0 FROM file WHERE id = ?1",
		"INSERT OR IGNORE INTO state (file, aspect, block, print, live)"
		" SELECT " OTHER ", aspect, block, print, live FROM state"
		" WHERE file = ?1",
		"INSERT OR IGNORE INTO reads (readset, state, kinds)"
		" SELECT reads.readset, b.id, reads.kinds FROM state a"
		" JOIN reads ON reads.state = a.id"
		" JOIN state b ON b.file = " OTHER " AND b.aspect = a.aspect"
		" AND b.block = a.block AND b.print = a.print"
		" WHERE a.file = ?1"};
#undef OTHER
	int code = 0;

	for (size_t i = 0; code == 0 && i < sizeof(steps) / sizeof(*steps);
		i++) {
		sqlite3_stmt *stmt = sql_prepare(map, steps[i], err);

		if (!stmt)
			return MAP_IO;
		sqlite3_bind_int64(stmt, 1, id);
		sql_bind_bytes(stmt, 2, path, strlen(path));
		code = sql_once(map, stmt, err);
		sqlite3_finalize(stmt);
	}
	return code;
}

/* Found in one folder above: here it has to be in the same one. */
static int above_found(struct map *map, const struct map_places *then,
	const char *from, const struct above_file *file, struct err *err)
{
	const char *to = map->root;
	char *twin = NULL, *folder, *there;
	int code = 0;

	for (size_t k = 1; !twin && k < depth_of(from); k++) {
		const char *rest;

		folder = folder_above(from, k);
		rest = path_below(file->path, folder);
		if (rest && *rest &&
			!map_places_cover(then, file->path, strlen(folder))) {
			there = k < depth_of(to) ? folder_above(to, k)
						 : xstrdup(NOWHERE);
			twin = xasprintf("%s/%s", there, rest);
			free(there);
		}
		free(folder);
		if (rest)
			break;
	}
	if (twin && strcmp(twin, file->path) != 0)
		code = above_twin(map, file->id, twin, err);
	free(twin);
	return code;
}

/* Of what lies in the whole, only what nothing here begins like. */
static bool is_looked_for(const char *folder, const char *rest)
{
	char *first = xasprintf("/%.*s", (int)strcspn(rest, "/"), rest);
	bool is = *folder || access(first, F_OK) < 0;

	free(first);
	return is;
}

/* Whether there is something where the search for it came by. */
static bool was_found(
	const struct moved_above *above, const char *folder, const char *rest)
{
	char *path = xasprintf("%s/%s", folder, rest);
	bool found = false;

	for (size_t i = 0; !found && i < above->count; i++)
		found = !above->list[i].absent &&
			!strcmp(above->list[i].path, path);
	free(path);
	return found;
}

/* Not found right above: here it may be in more folders than there. */
static int above_absent(struct map *map, const struct moved_above *above,
	const char *from, const struct above_file *file, struct err *err)
{
	char *first = folder_above(from, 1);
	const char *rest = path_below(file->path, first);
	bool found = !rest || !*rest || !is_looked_for(first, rest);
	int code = 0;

	for (size_t k = 1; code == 0 && !found && k <= depth_of(map->root);
		k++) {
		char *there = folder_above(from, k);
		char *here = folder_above(map->root, k);
		char *twin = xasprintf("%s/%s", here, rest);

		found = k < depth_of(from) && was_found(above, there, rest);
		if (!found && strcmp(twin, file->path) != 0)
			code = above_twin(map, file->id, twin, err);
		free(twin);
		free(here);
		free(there);
	}
	free(first);
	return code;
}

int moved_above_add(struct map *map, const struct map_places *then,
	const struct moved_above *above, struct err *err)
{
	const struct map_place *was = map_places_find(then, PLACE_ROOT);
	int code = 0;

	if (!was || !was->real || !strcmp(was->real, map->root))
		return 0;
	for (size_t i = 0; code == 0 && i < above->count; i++) {
		const struct above_file *file = &above->list[i];

		code = file->absent
			       ? above_absent(map, above, was->real, file, err)
			       : above_found(map, then, was->real, file, err);
	}
	return code;
}

void moved_above_release(struct moved_above *above)
{
	for (size_t i = 0; i < above->count; i++)
		free(above->list[i].path);
	free(above->list);
}
