/* SPDX-License-Identifier: MIT */
/*
 * Tests of runners that take files for tests, and start a process for each: a
 * unit is called after its file, and where options decide what it does, after
 * these, too: "t/parse.t::-T".
 */
#ifndef FTRACE_RUNNERS_FILE_TESTS_H
#define FTRACE_RUNNERS_FILE_TESTS_H

#include <stdbool.h>

#include "runners/tests.h"

/*
 * One more test, of the file of that name as the runner takes it; variant: as
 * command_option_vary() makes it. The file counts for this test alone, though
 * the runner's own processes look into it.
 */
struct runner_test *file_tests_add(struct runner_tests *tests, const char *root,
	const char *name, const char *variant);

/*
 * A folder that is gone through for tests; recurses: with those in it, which
 * are added by themselves. All names in it count, as a new one may be a
 * folder's.
 */
void file_tests_search(struct runner_tests *tests, const char *root,
	const char *name, bool recurses);

/* As struct adapter has them; a pattern is a glob of names. */
bool file_tests_skips(const char *directory);
bool file_tests_matches(const char *pattern, const char *path);

#endif
