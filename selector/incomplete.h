/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_SELECTOR_INCOMPLETE_H
#define FTRACE_SELECTOR_INCOMPLETE_H

#include "map/query.h"

/*
 * Why not all was seen that a unit depends on: for each of the units a text,
 * NULL where all was. To be released in any case.
 */
int incomplete_find(char ***reasons, struct map *map,
	const struct query_units *units, struct err *err);
void incomplete_release(char **reasons, const struct query_units *units);

#endif
