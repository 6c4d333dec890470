/* SPDX-License-Identifier: MIT */
/*
 * What unittest's loader calls files and tests, and so what runners do that
 * are made of it. All as struct adapter has them.
 */
#ifndef FTRACE_RUNNERS_UNITTEST_NAMES_H
#define FTRACE_RUNNERS_UNITTEST_NAMES_H

#include <stdbool.h>

bool unittest_skips(const char *directory);
bool unittest_matches(const char *pattern, const char *path);

/* The dotted name, or the path of a file; to be freed. */
char *unittest_argument(const char *id);

/* The dotted name, also of a file. */
char *unittest_label(const char *id);

#endif
