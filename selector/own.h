/* SPDX-License-Identifier: MIT */
/*
 * What of a test's dependencies is the project's own: what its people want to
 * read first.
 */
#ifndef FTRACE_SELECTOR_OWN_H
#define FTRACE_SELECTOR_OWN_H

#include "selector/explain.h"

/*
 * A file of the project that matters to the test, anything that the test
 * itself did there, and the variables it asked for. Not what is installed
 * below the root, nor what a runner looks for before any test.
 */
bool own_is(const struct dependency *dependency, const struct query_unit *unit,
	const char *root);

#endif
