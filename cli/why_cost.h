/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_CLI_WHY_COST_H
#define FTRACE_CLI_WHY_COST_H

#include "map/map.h"

/* Prints what edits of a file would select: selector/cost.h. */
int why_cost(struct map *map, const char *path, struct err *err);

#endif
