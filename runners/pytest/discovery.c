/* SPDX-License-Identifier: MIT */
#include "runners/pytest/discovery.h"

#include <fnmatch.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* norecursedirs of pytest 7 and 8, and what holds bytecode. */
static const char *const skipped[] = {".*", "*.egg", "_darcs", "build", "CVS",
	"dist", "node_modules", "venv", "{arch}", "__pycache__"};

bool pytest_skips(const char *directory)
{
	for (size_t i = 0; i < sizeof(skipped) / sizeof(*skipped); i++)
		if (fnmatch(skipped[i], directory, 0) == 0)
			return true;
	return false;
}

bool pytest_matches(const char *pattern, const char *path)
{
	char end[PATH_MAX];
	const char *name = strrchr(path, '/');

	if (!strchr(pattern, '/'))
		return fnmatch(pattern, name ? name + 1 : path, FNM_NOESCAPE) ==
		       0;
	if (fnmatch(pattern, path, FNM_NOESCAPE) == 0)
		return true;
	return *pattern != '/' &&
	       snprintf(end, sizeof(end), "*/%s", pattern) < PATH_MAX &&
	       fnmatch(end, path, FNM_NOESCAPE) == 0;
}
