/* SPDX-License-Identifier: MIT */
/*
 * Running some of the programs alone: cargo builds what it would build,
 * features and all, and a program stands before each that runs those which are
 * asked for.
 */
#ifndef FTRACE_RUNNERS_CARGO_RUN_H
#define FTRACE_RUNNERS_CARGO_RUN_H

#include "base/intern.h"
#include "runners/tests.h"

/* As struct adapter has it. */
char **cargo_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);

#endif
