/* SPDX-License-Identifier: MIT */
/*
 * The tests that ctest has, as it lists them itself (--show-only=json-v1, from
 * CMake 3.14 on), and what it writes of them (--output-junit, from 3.21 on).
 */
#ifndef FTRACE_RUNNERS_CTEST_LIST_H
#define FTRACE_RUNNERS_CTEST_LIST_H

#include "base/err.h"
#include "base/intern.h"
#include "runners/tests.h"

/* As struct adapter has them. */
int ctest_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);
char **ctest_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);
void ctest_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status);

#endif
