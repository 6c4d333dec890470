/* SPDX-License-Identifier: MIT */
/*
 * The tests that meson has, as it writes them into the folder of the build, and
 * what it writes of them there when they have run.
 */
#ifndef FTRACE_RUNNERS_MESON_LIST_H
#define FTRACE_RUNNERS_MESON_LIST_H

#include "base/err.h"
#include "base/intern.h"
#include "runners/tests.h"

/* Of mtest.py: what it ends with where it cannot build. */
#define MESON_NOT_BUILT 125

/* As struct adapter has them. */
int meson_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);
char **meson_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);
void meson_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status);

#endif
