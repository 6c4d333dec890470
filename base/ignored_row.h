/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_BASE_IGNORED_ROW_H
#define FTRACE_BASE_IGNORED_ROW_H

#include <stdbool.h>

/*
 * Files that no selection counts, as a program rewrites them each time it runs:
 * a glob over absolute paths, or such as start at the project's root, in which
 * a star takes slashes, too. A list ends with a row without a glob.
 */
struct ignored_row {
	const char *glob;
	bool outside; /* of the project alone */
	const char *reason;
};

#endif
