/* SPDX-License-Identifier: MIT */
/*
 * What of a command's tests is to be run, and what that spares.
 */
#ifndef FTRACE_SELECTOR_PLAN_H
#define FTRACE_SELECTOR_PLAN_H

#include <stdbool.h>

#include "selector/affected.h"

struct plan {
	struct affected affected;   /* of all runners */
	struct arguments arguments; /* in the order to run them in */
	size_t recorded; /* units of this runner in the map; 0: run it all */
	size_t selected; /* of those */
	size_t fresh;    /* new files and names */
	int64_t spared;  /* microseconds that the others took last time */
};

/*
 * runner: whose units are meant. unit: the one that matters, where the whole
 * command is one; NULL: all of them. To be released in any case.
 */
int plan_make(struct plan *plan, struct map *map, const char *runner,
	const char *unit, struct err *err);
void plan_release(struct plan *plan);

#endif
