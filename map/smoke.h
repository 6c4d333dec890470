/* SPDX-License-Identifier: MIT */
/*
 * The changes, that affect nothing recorded, after which the smoke units have
 * run and passed: they are not run again for these, nor for some of them.
 */
#ifndef FTRACE_MAP_SMOKE_H
#define FTRACE_MAP_SMOKE_H

#include <stdbool.h>

#include "map/map.h"
#include "map/print.h"

/* Whether that is so of each of the changes. */
int smoke_is_done(bool *done, struct map *map, const struct print *changes,
	size_t count, struct err *err);
/* In a write transaction. */
int smoke_set_done(struct map *map, const struct print *changes, size_t count,
	struct err *err);

#endif
