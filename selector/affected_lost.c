/* SPDX-License-Identifier: MIT */
/*
 * Checks that have to run because what they made is gone, as it is where the
 * map came without it. What nobody else used need not be there.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "map/project.h"
#include "map/query_check.h"
#include "selector/affected_search.h"

static bool affected_lost_is_there(const struct map *map, const char *path)
{
	char *absolute = project_file(map->root, path);
	struct stat st;
	bool there = lstat(absolute, &st) == 0;

	free(absolute);
	return there;
}

static int affected_lost_select_one(
	struct search *search, size_t unit, const char *id)
{
	char **paths = NULL;
	size_t count = 0;
	int code = query_products(&paths, &count, search->map, id, search->err);

	for (size_t i = 0; i < count; i++) {
		if (code == 0 && !affected_lost_is_there(search->map, paths[i]))
			search_add_reason(search_select(search, unit),
				UNIT_STALE, "removed", paths[i],
				"it makes this file, and others use it", NULL);
		free(paths[i]);
	}
	free(paths);
	return code;
}

int search_lost(struct search *search)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];

		if (unit_is_check(unit->runner, unit->id))
			code = affected_lost_select_one(search, i, unit->id);
	}
	return code;
}
