/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_SELECTOR_ORDER_H
#define FTRACE_SELECTOR_ORDER_H

#include "map/query.h"
#include "selector/affected.h"

/*
 * Puts files with a test that failed last time first, and then those that
 * take the least time. What is of one file stays together and in its order:
 * fixtures of a module are set up once, and tests follow each other as ever.
 */
void arguments_order(struct arguments *arguments,
	const struct affected *affected, const struct query_units *units,
	const char *runner);

#endif
