/* SPDX-License-Identifier: MIT */
/*
 * The files that a command does not collect, though the map has tests of them:
 * other commands' files, or those that settings or a conftest leave out. That
 * holds until something changes by which the command looks for its tests.
 */
#ifndef FTRACE_MAP_LEFT_H
#define FTRACE_MAP_LEFT_H

#include <stdbool.h>

#include "base/intern.h"
#include "map/map.h"
#include "map/recording.h"

/* Of one command; all zeroes: none. */
struct left {
	struct interner files; /* and directories, with a slash behind them */
};

/* line, directory: as the recording had them. To be released in any case. */
int left_load(struct left *left, struct map *map, const char *line,
	const char *directory, struct err *err);

/* A file is named as in the ids of its tests. */
bool left_has(const struct left *left, const char *file, size_t size);

/*
 * Whether a scope is that of a directory, as it is now, which the command looks
 * through: whatever it finds there now, tests or none.
 */
int left_passes(bool *yes, const struct left *left, struct map *map,
	int64_t scope, struct err *err);

void left_release(struct left *left);

/* From a recording that is stored already; inside its transaction. */
int left_store(
	struct map *map, const struct recording *recording, struct err *err);

#endif
