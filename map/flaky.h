/* SPDX-License-Identifier: MIT */
/*
 * The units that are known to end either way while nothing that they depend
 * on has changed, and what has become of them since.
 */
#ifndef FTRACE_MAP_FLAKY_H
#define FTRACE_MAP_FLAKY_H

#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

struct flaky_unit {
	char *runner, *id;
	char *part;     /* a case that only a report tells of; "": the unit */
	int64_t since;  /* when it was found, nanoseconds since the epoch */
	int64_t latest; /* when it ran last; 0: not since */
	int64_t passed, failed; /* runs since, that one included */
};

struct flaky_units {
	struct flaky_unit *list;
	size_t count, room;
};

/* By runner, id and part. */
int flaky_units_load(
	struct flaky_units *units, struct map *map, struct err *err);

/* They take the place of all that were stored; in a write transaction. */
int flaky_units_store(
	const struct flaky_units *units, struct map *map, struct err *err);

/* NULL: it is not known. */
struct flaky_unit *flaky_units_find(const struct flaky_units *units,
	const char *runner, const char *id, const char *part);
/* One that is not known yet, with the names copied; kept in order. */
struct flaky_unit *flaky_units_add(struct flaky_units *units,
	const char *runner, const char *id, const char *part);
/* Such a one with what is known of it elsewhere. */
struct flaky_unit *flaky_units_copy(
	struct flaky_units *units, const struct flaky_unit *from);
/* The first of a unit and its cases, or where it would be. */
size_t flaky_units_place(
	const struct flaky_units *units, const char *runner, const char *id);
void flaky_units_remove(struct flaky_units *units, struct flaky_unit *unit);
void flaky_units_release(struct flaky_units *units);

#endif
