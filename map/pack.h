/* SPDX-License-Identifier: MIT */
/*
 * A map that travels: a copy of the map in a file of its own, without what only
 * this machine needs, and the way back, from a file that anybody may have made.
 *
 * What does not travel: former results (map/former.h); the identities of files
 * (inode, times), so that each is looked at anew wherever the map is taken; the
 * commands of sessions but the last one's time; indexes, which are made again.
 */
#ifndef FTRACE_MAP_PACK_H
#define FTRACE_MAP_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "map/map.h"
#include "map/merge.h"

/* Writes such a copy to the path, where nothing may be yet. */
int map_pack(struct map *map, const char *path, struct err *err);

/*
 * Opens such a file to have its rows read, and checks it: SQLite's defences
 * are up, its tables are a map's word for word, no page is damaged, and an
 * older one is migrated. The file is the caller's own, and is changed.
 * MAP_BROKEN: it is refused, and err says why. To be closed in any case.
 */
int map_open_pack(struct map *map, const char *path, struct err *err);

/*
 * Puts its rows into the project's map, in one transaction, if that has no
 * unit yet: *taken says whether it was so. The map is made where there is
 * none.
 */
int map_take_pack(
	bool *taken, const char *root, const char *path, struct err *err);

/*
 * Adds its results to those of a map that has units (map/merge.h), keeping to
 * `keep`. work: a folder of the caller's own for what is needed on the way.
 */
int map_merge_pack(struct map_merged *merged, const char *root,
	const struct map_keep *keep, const char *path, const char *work,
	struct err *err);

/*
 * Empties the project's map. `.ftrace` itself stays, for another process may
 * be at work in it.
 */
int map_clear(const char *root, struct err *err);

#endif
