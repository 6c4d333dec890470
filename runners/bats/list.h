/* SPDX-License-Identifier: MIT */
/*
 * The files of tests that bats would run: it has no way to say them, so they
 * are looked for as it does. How each ended says the process that bats has for
 * it, which sets the file up, and is the parent of those of its tests.
 */
#ifndef FTRACE_RUNNERS_BATS_LIST_H
#define FTRACE_RUNNERS_BATS_LIST_H

#include "base/err.h"
#include "base/intern.h"
#include "runners/tests.h"

/* As struct adapter has them. */
int bats_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);
char **bats_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);
void bats_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status);

#endif
