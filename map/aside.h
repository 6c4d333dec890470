/* SPDX-License-Identifier: MIT */
/*
 * A damaged map is kept as `.ftrace/map.db.damaged`, for whoever wants to know
 * what happened, and an empty one takes its place.
 */
#ifndef FTRACE_MAP_ASIDE_H
#define FTRACE_MAP_ASIDE_H

#include "map/map.h"

#define MAP_ASIDE MAP_PATH ".damaged"

/*
 * Where the map is damaged. Of several processes that find it so one does it.
 * The file of another program is left alone. 0, also when there was nothing to
 * do; MAP_IO where it cannot be done.
 */
int map_put_aside(const char *root, struct err *err);

#endif
