/* SPDX-License-Identifier: MIT */
/*
 * Running some of the packages alone, and what became of those that no program
 * runs for: how the others ended their programs say.
 */
#ifndef FTRACE_RUNNERS_GO_RUN_H
#define FTRACE_RUNNERS_GO_RUN_H

#include "base/intern.h"
#include "runners/tests.h"

/* As struct adapter has them. */
char **go_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);
void go_told(struct runner_tests *tests, char *const argv[], const char *folder,
	int status);

#endif
