/* SPDX-License-Identifier: MIT */
/*
 * Flaky memory: a unit that ended both ways while nothing that it depends on
 * had changed is flaky, and only such a one. It is run whatever changed.
 *
 * The map keeps it, with what became of each since. Where the project has a
 * list of its own (see config/flaky_file.h) that list says which there are:
 * what a colleague added or removed there holds here.
 */
#ifndef FTRACE_CONFIG_FLAKY_H
#define FTRACE_CONFIG_FLAKY_H

#include "map/flaky.h"

/* No more are kept; the oldest drop out. */
#define FLAKY_MOST 200

/* The list's path, to be freed. */
char *flaky_list_path(const char *root);

/*
 * All that are known. problem: why the list could not be read, to be freed;
 * then those of the map are told.
 */
int flaky_load(struct flaky_units *units, char **problem, struct map *map,
	struct err *err);

/*
 * Stores what a change of the memory leaves, in the map and in the list where
 * there is one. In a write transaction.
 */
int flaky_store(const struct flaky_units *units, char **problem,
	struct map *map, struct err *err);

/* Now, in nanoseconds since the epoch. */
int64_t flaky_now(void);

#endif
