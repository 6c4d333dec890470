/* SPDX-License-Identifier: MIT */
#include "runners/pytest/discovery.h"

#include <fnmatch.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/path.h"

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

	if (!strchr(pattern, '/'))
		return fnmatch(pattern, path_last(path), FNM_NOESCAPE) == 0;
	if (fnmatch(pattern, path, FNM_NOESCAPE) == 0)
		return true;
	return *pattern != '/' &&
	       snprintf(end, sizeof(end), "*/%s", pattern) < PATH_MAX &&
	       fnmatch(end, path, FNM_NOESCAPE) == 0;
}

bool pytest_is_for_doctests(const char *pattern)
{
	return !strcmp(pattern, "*.py");
}

/* The name of the module in a path: its own, or of an __init__ its folder's. */
static size_t module_name(const char *path, const char **start)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strcspn(name, ".");

	if (slash && n == 8 && !memcmp(name, "__init__", 8)) {
		name = slash;
		while (name > path && name[-1] != '/')
			name--;
		n = (size_t)(slash - name);
	}
	*start = name;
	return n;
}

/* Doctests go by the dotted name of what they are written in. */
bool pytest_is_doctest(const char *path, const char *name)
{
	size_t n = strcspn(name, "[:");
	const char *module;

	return memchr(name, '.', n) ||
	       (module_name(path, &module) == n && !memcmp(module, name, n));
}
