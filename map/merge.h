/* SPDX-License-Identifier: MIT */
/*
 * The union of two maps. Whatever the other map knows of a unit is one more of
 * its results: where it fits what is there it counts, and no result of ours is
 * lost. What only the other map has is as if it had been recorded here.
 *
 * The other map may come from anybody. It is opened for reading alone, its
 * tables must be those of this version word for word, and what is not as it
 * has to be is refused, with all of the map. Nothing that it says is ever
 * executed: of its commands it is only known which tests they have.
 */
#ifndef FTRACE_MAP_MERGE_H
#define FTRACE_MAP_MERGE_H

#include <stddef.h>

#include "map/map.h"

struct map_merged {
	size_t units;   /* that were not in the map */
	size_t results; /* of others, which are remembered */
	size_t known;   /* results that it had */
};

/* Opens the map in a file, as a source of map_merge() alone. */
int map_open_foreign(struct map *map, const char *path, struct err *err);

/*
 * Adds what `from` knows to a map that is open for recording; all of it or
 * nothing. `from` is one of map_open_foreign(). `merged` may be NULL.
 */
int map_merge(struct map *into, struct map *from, struct map_merged *merged,
	struct err *err);

#endif
