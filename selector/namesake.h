/* SPDX-License-Identifier: MIT */
/*
 * Python files of one name: outside packages pytest takes both for one module,
 * unless it is set to import otherwise, and refuses the second. Only a run of
 * both shows it.
 */
#ifndef FTRACE_SELECTOR_NAMESAKE_H
#define FTRACE_SELECTOR_NAMESAKE_H

#include "selector/affected.h"

/*
 * A file that is to run as a whole, as it is new or could not be collected, in
 * no package, and called like a file with tests that is there. NULL: none; it
 * is owned by affected.
 */
const char *namesake_find(const struct affected *affected,
	const struct query_units *units, const char *runner, const char *root);

#endif
