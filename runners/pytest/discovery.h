/* SPDX-License-Identifier: MIT */
/*
 * Where pytest looks for tests, by names alone: what it is set to otherwise,
 * and conftests, leave more out.
 */
#ifndef FTRACE_RUNNERS_PYTEST_DISCOVERY_H
#define FTRACE_RUNNERS_PYTEST_DISCOVERY_H

#include <stdbool.h>

/* Whether it does not look into directories of that name by default. */
bool pytest_skips(const char *directory);

/*
 * Whether a file, by its path as stored or absolute, is one of a pattern as
 * python_files has them: of the name, or where it has a slash in it, of the end
 * of the path (fnmatch_ex in _pytest/pathlib.py, 7 and 8).
 */
bool pytest_matches(const char *pattern, const char *path);

/* Whether doctests are looked for in the files of a pattern. */
bool pytest_is_for_doctests(const char *pattern);

/* Whether a name behind a file is that of a doctest in it. */
bool pytest_is_doctest(const char *path, const char *name);

#endif
