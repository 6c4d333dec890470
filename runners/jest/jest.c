/* SPDX-License-Identifier: MIT */
/*
 * jest: a unit is a file of tests, which hook.cjs tells of in jest's own
 * processes.
 */
#include "runners/jest/jest.h"

#include "runners/javascript/javascript.h"

/* Options that choose among the tests of a file, or by what has changed. */
static const char *const choosing[] = {"-t", "--testNamePattern", "-o",
	"--onlyChanged", "-f", "--onlyFailures", "--findRelatedTests",
	"--changedSince", "--lastCommit", "--shard", "--watch", "--watchAll",
	"--listTests", "--showConfig", "--workerThreads", "--init",
	"--runTestsByPath", NULL};

static bool jest_recognise(char *const argv[])
{
	size_t at = javascript_find(argv, "jest");

	return at != JAVASCRIPT_NONE &&
	       !javascript_has_option(argv, at, choosing);
}

static char **jest_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	(void)root;
	(void)directory;
	return sibling ? NULL
		       : javascript_asked(
				 argv, javascript_find(argv, "jest"), "jest");
}

static bool jest_is_part(char *const argv[])
{
	return javascript_names_file(argv, javascript_find(argv, "jest"));
}

static const struct ignored_row ignored[] = {
	{"*/haste-map-*", false, "what jest knows of files by their times"},
	{"*/jest-transform-cache-*", false,
		"results by the content of the sources"},
	{"*/perf-cache-*", false, "how long each of jest's tests took"},
	{0},
};

const struct adapter adapter_jest = {
	.name = "jest",
	.recognise = jest_recognise,
	.end = javascript_end,
	.ignored = ignored,
	.marks = javascript_marks,
	.locks = javascript_locks,
	.installed = javascript_installed,
	.silence = "jest did not load ftrace's hook, which needs jest 29 or "
		   "later, and no setting that chooses among the tests",
	.skips = javascript_skips,
	.matches = javascript_matches,
	.asked = jest_asked,
	.is_part = jest_is_part,
};
