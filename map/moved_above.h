/* SPDX-License-Identifier: MIT */
/*
 * What lies above the root. Programs look upwards for settings and packages,
 * and past the root for as long as there are folders. So a map that moves to
 * another root has to hold in the folders above that one, too.
 */
#ifndef FTRACE_MAP_MOVED_ABOVE_H
#define FTRACE_MAP_MOVED_ABOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

/* Files outside of the root that somebody looked at. */
struct moved_above {
	struct above_file {
		int64_t id;
		char *path;
		bool absent;
	} * list;
	size_t count, room;
};

/* As the map has them before paths are rewritten. */
int moved_above_list(
	struct moved_above *above, struct map *map, struct err *err);
void moved_above_release(struct moved_above *above);

/*
 * What stands for a folder above a place of `then`, to be freed: the one so
 * many steps above the place of here. NULL: the path is none.
 */
char *moved_above_folder(
	const struct map *map, const struct map_places *then, const char *path);

/*
 * Whoever read a file above the root of `then` reads the one there above the
 * root of here, too; whoever found none right above it, finds none in any
 * folder above. When paths are rewritten, in a transaction.
 */
int moved_above_add(struct map *map, const struct map_places *then,
	const struct moved_above *above, struct err *err);

#endif
