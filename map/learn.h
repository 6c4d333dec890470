/* SPDX-License-Identifier: MIT */
/*
 * What is learnt of a test that an edit broke and that was not selected: the
 * files that had changed are dependencies of it from then on (KIND_LEARNED),
 * as wholes, and stay so when it is recorded again.
 */
#ifndef FTRACE_MAP_LEARN_H
#define FTRACE_MAP_LEARN_H

#include "map/escapes.h"

/* In a write transaction. A unit that the map has not learns nothing. */
int learn_files(
	struct map *map, const struct escaped *escaped, struct err *err);

#endif
