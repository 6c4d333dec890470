/* SPDX-License-Identifier: MIT */
/*
 * mocha: a unit is a file of tests, which hook.cjs tells of in mocha's own
 * process.
 */
#include "runners/mocha/mocha.h"

#include "runners/javascript/javascript.h"

/* Options that choose among the tests of a file: such a run is no units'. */
static const char *const choosing[] = {
	"-g", "-f", "--grep", "--fgrep", "--dry-run", "-w", "--watch", NULL};

static bool mocha_recognise(char *const argv[])
{
	size_t at = javascript_find(argv, "mocha");

	return at != JAVASCRIPT_NONE &&
	       !javascript_has_option(argv, at, choosing);
}

/* The number of tests that failed. */
static enum runner_end mocha_end(int status)
{
	if (!status)
		return RUNNER_PASSED;
	return runner_end_by_signal(status) == RUNNER_BROKEN_OFF
		       ? RUNNER_BROKEN_OFF
		       : RUNNER_FAILED;
}

static char **mocha_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	(void)root;
	(void)directory;
	return sibling ? NULL
		       : javascript_asked(
				 argv, javascript_find(argv, "mocha"), "mocha");
}

static bool mocha_is_part(char *const argv[])
{
	return javascript_names_file(argv, javascript_find(argv, "mocha"));
}

const struct adapter adapter_mocha = {
	.name = "mocha",
	.recognise = mocha_recognise,
	.end = mocha_end,
	.ignored = javascript_ignored,
	.marks = javascript_marks,
	.locks = javascript_locks,
	.installed = javascript_installed,
	.silence = "mocha did not load ftrace's hook, which needs mocha 8 or "
		   "later, and no setting that chooses among the tests",
	.startup = javascript_startup,
	.start_name = JAVASCRIPT_START,
	.skips = javascript_skips,
	.matches = javascript_matches,
	.asked = mocha_asked,
	.is_part = mocha_is_part,
};
