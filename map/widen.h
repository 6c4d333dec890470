/* SPDX-License-Identifier: MIT */
/*
 * A recorded scope is given other reads than it was recorded with, for
 * map/audit*.c and map/learn.c only.
 */
#ifndef FTRACE_MAP_WIDEN_H
#define FTRACE_MAP_WIDEN_H

#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

/*
 * pairs: of a state's id and kinds, all that the scope is to have; they are
 * sorted. incomplete: why it is, where nothing was said before; or NULL.
 */
int scope_widen(struct map *map, int64_t scope, int64_t *pairs, size_t count,
	const char *incomplete, struct err *err);

#endif
