/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_MAP_SWEEP_H
#define FTRACE_MAP_SWEEP_H

#include "map/map.h"

/*
 * Removes what no unit and no current collection reaches any more: scopes,
 * then read sets, states, files and sessions. Inside a transaction.
 */
int map_sweep(struct map *map, struct err *err);

/* Only the states and files that have no edge any more. */
int map_sweep_files(struct map *map, struct err *err);

#endif
