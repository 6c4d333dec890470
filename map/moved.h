/* SPDX-License-Identifier: MIT */
/*
 * The places of a map, and what is done to one that was recorded where they are
 * others: its paths are rewritten, once, and from then on it is one of here.
 */
#ifndef FTRACE_MAP_MOVED_H
#define FTRACE_MAP_MOVED_H

#include "map/map.h"

/*
 * Fills in the map's places. Where these are others than it has, all its files
 * are to be looked at anew, in places of here. (A map that cannot be written is
 * copied into memory first.)
 */
int map_move_in(struct map *map, struct err *err);

/*
 * Before a recording: adds what the map does not know yet of the environment,
 * and of the interpreter's program, NULL where there is none.
 */
int map_note_places(struct map *map, const char *program, struct err *err);

#endif
