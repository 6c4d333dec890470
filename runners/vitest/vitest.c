/* SPDX-License-Identifier: MIT */
/*
 * vitest: a unit is a file of tests, which hook.cjs tells of in vitest's own
 * processes.
 */
#include "runners/vitest/vitest.h"

#include "runners/javascript/javascript.h"

/* Options that choose among the tests of a file, or do something else. */
static const char *const choosing[] = {"-t", "--testNamePattern", "--changed",
	"--bail", "-w", "--watch", "related", "bench", "list", "--browser",
	"--typecheck", "--shard", NULL};

static bool vitest_recognise(char *const argv[])
{
	size_t at = javascript_find(argv, "vitest");

	return at != JAVASCRIPT_NONE &&
	       !javascript_has_option(argv, at, choosing);
}

static char **vitest_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	(void)root;
	(void)directory;
	return sibling ? NULL
		       : javascript_asked(argv, javascript_find(argv, "vitest"),
				 "vitest");
}

static bool vitest_is_part(char *const argv[])
{
	return javascript_names_file(argv, javascript_find(argv, "vitest"));
}

static const struct ignored_row ignored[] = {
	{"*/node_modules/.vite/vitest/*/results.json", false,
		"how long each test took"},
	{"*/node_modules/.vite/vitest/results.json", false,
		"how long each test took"},
	{0},
};

const struct adapter adapter_vitest = {
	.name = "vitest",
	.recognise = vitest_recognise,
	.end = javascript_end,
	.ignored = ignored,
	.marks = javascript_marks,
	.locks = javascript_locks,
	.installed = javascript_installed,
	.silence = "vitest did not load ftrace's hook, which needs vitest 3 or "
		   "later, tests that run in forks, and no setting that "
		   "chooses among the tests",
	.skips = javascript_skips,
	.matches = javascript_matches,
	.asked = vitest_asked,
	.is_part = vitest_is_part,
};
