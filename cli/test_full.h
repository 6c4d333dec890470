/* SPDX-License-Identifier: MIT */
/*
 * What `ftrace test --full` tells of its comparison: a run of everything with
 * what would have been run without --full.
 */
#ifndef FTRACE_CLI_TEST_FULL_H
#define FTRACE_CLI_TEST_FULL_H

#include "cli/escaping.h"

/* Of the tests that would not have been run. */
struct full {
	size_t ran, failed;
};

/* Before the run. */
void full_announce(const struct testing *testing);

/* When all has been run once, and before any test is run again. */
struct full full_count(const struct testing *testing, size_t failed);
void full_tell(const struct full *full, const struct testing *testing,
	const struct escaping *escaping);

#endif
