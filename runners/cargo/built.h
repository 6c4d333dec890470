/* SPDX-License-Identifier: MIT */
/*
 * What the programs of tests were built of, which cargo tells when all is
 * built: by the messages of a build in which nothing is left to do, and the
 * files of dependencies that rustc writes (.d).
 */
#ifndef FTRACE_RUNNERS_CARGO_BUILT_H
#define FTRACE_RUNNERS_CARGO_BUILT_H

#include "runners/tests.h"

/* As struct adapter has it. */
void cargo_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status);

#endif
