/* SPDX-License-Identifier: MIT */
/*
 * Taking units out of the map that nobody runs any more.
 */
#ifndef FTRACE_MAP_FORGET_H
#define FTRACE_MAP_FORGET_H

#include "map/query.h"

/*
 * Inside a transaction begun with map_begin(); map_sweep() does the rest. What
 * the unit made for others stays with its maker. The map does not know the
 * command any more that it is; `others`: nor any of its runner, which may run
 * it again.
 */
int forget_unit(struct map *map, const struct query_unit *unit, bool others,
	struct err *err);

#endif
