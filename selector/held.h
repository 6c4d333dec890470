/* SPDX-License-Identifier: MIT */
/*
 * Which units depend on which of a few files, whatever state these are in:
 * asked before a run and after it, the difference is what the map did not
 * know.
 */
#ifndef FTRACE_SELECTOR_HELD_H
#define FTRACE_SELECTOR_HELD_H

#include "map/query.h"

/* More files than these are not told apart. */
#define HELD_MOST 64

struct held {
	struct query_hits *hits; /* of each file */
	size_t count;
	struct query_units units;
};

/* paths: as stored. To be released in any case. */
int held_find(struct held *held, struct map *map, char *const *paths,
	size_t count, struct err *err);

/* Whether the unit depends on file number `file`; false beyond HELD_MOST. */
bool held_has(const struct held *held, const char *runner, const char *id,
	size_t file);
void held_release(struct held *held);

#endif
