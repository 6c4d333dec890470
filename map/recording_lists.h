/* SPDX-License-Identifier: MIT */
/*
 * What a recording has besides scopes: listings, patterns and labels.
 */
#ifndef FTRACE_MAP_RECORDING_LISTS_H
#define FTRACE_MAP_RECORDING_LISTS_H

#include <stdbool.h>

#include "map/map.h"
#include "map/recording.h"

/*
 * Stores them, when the scopes have their ids. dropped: set where something in
 * the map has to be swept for it.
 */
int recording_lists_store(struct recording *recording, bool *dropped,
	struct map *map, struct err *err);

#endif
