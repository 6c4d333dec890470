/* SPDX-License-Identifier: MIT */
/*
 * The files of tests that prove would run, as it finds them itself, and how it
 * says that they ended: by code of ours in its process (hook.c).
 */
#ifndef FTRACE_RUNNERS_PROVE_LIST_H
#define FTRACE_RUNNERS_PROVE_LIST_H

#include "base/err.h"
#include "base/intern.h"
#include "runners/tests.h"

/* As struct adapter has them. */
int prove_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);
char **prove_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder);
void prove_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status);

#endif
