/* SPDX-License-Identifier: MIT */
/*
 * Cases: tests inside a unit, which cannot be run alone, and of which only a
 * file that the unit's command wrote tells.
 */
#ifndef FTRACE_MAP_CASES_H
#define FTRACE_MAP_CASES_H

#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

struct map_case {
	char *part; /* its name within the unit */
	char *outcome;
	int64_t duration; /* microseconds, -1: unknown */
};

struct map_cases {
	struct map_case *list; /* by part */
	size_t count, room;
};

/* Those of a unit; to be released in any case. */
int map_cases_load(struct map_cases *cases, struct map *map, const char *runner,
	const char *id, struct err *err);
void map_cases_release(struct map_cases *cases);

/*
 * The unit has these now, and no others. In a transaction begun with
 * map_begin().
 */
int map_cases_store(const struct map_cases *cases, struct map *map,
	const char *runner, const char *id, struct err *err);

/*
 * How a unit ended, as its cases have it; NULL: nobody knows, and it counts as
 * one that has not run.
 */
int map_cases_end_unit(struct map *map, const char *runner, const char *id,
	const char *outcome, struct err *err);

#endif
