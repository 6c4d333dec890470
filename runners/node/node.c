/* SPDX-License-Identifier: MIT */
/*
 * node --test: a unit is a file of tests, for which node starts a process.
 * hook.cjs tells of them where that is done.
 */
#include "runners/node/node.h"

#include <string.h>

#include "runners/javascript/javascript.h"

/* Options that choose among the tests of a file, or run all in one process. */
static const char *const choosing[] = {"--watch", "--test-only",
	"--test-name-pattern", "--test-skip-pattern", "--test-shard",
	"--test-isolation", "--experimental-test-isolation", NULL};

/* The word that is node's option; or JAVASCRIPT_NONE. */
static size_t node_find(char *const argv[])
{
	size_t at = javascript_find_node(argv);

	if (at == JAVASCRIPT_NONE || javascript_has_option(argv, at, choosing))
		return JAVASCRIPT_NONE;
	for (at++; argv[at] && *argv[at] == '-'; at++)
		if (!strcmp(argv[at], "--test"))
			return at;
	return JAVASCRIPT_NONE;
}

static bool node_recognise(char *const argv[])
{
	return node_find(argv) != JAVASCRIPT_NONE;
}

static char **node_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	(void)root;
	(void)directory;
	return sibling ? NULL
		       : javascript_asked(
				 argv, javascript_find_node(argv), "node");
}

static bool node_is_part(char *const argv[])
{
	return javascript_names_file(argv, node_find(argv));
}

const struct adapter adapter_node = {
	.name = "node",
	.recognise = node_recognise,
	.end = javascript_end,
	.ignored = javascript_ignored,
	.marks = javascript_marks,
	.locks = javascript_locks,
	.installed = javascript_installed,
	.silence = "node did not load ftrace's hook, which needs node 20 or "
		   "later",
	.skips = javascript_skips,
	.matches = javascript_matches,
	.asked = node_asked,
	.is_part = node_is_part,
};
