/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_SELECTOR_TEST_FILES_H
#define FTRACE_SELECTOR_TEST_FILES_H

#include <stdbool.h>

#include "map/query.h"

/* What tells a file that tests are collected from. */
struct test_files {
	struct query_name *patterns;
	size_t pattern_count;
	struct query_units units;
};

int test_files_init(struct test_files *tests, struct map *map, struct err *err);
void test_files_release(struct test_files *tests);

/*
 * Whether a file, by its stored path, is one of tests: recorded tests are in
 * it, it has the name of one, or it is a conftest.py. The doctests of a file
 * do not make it one.
 */
bool test_files_have(const struct test_files *tests, const char *path);

#endif
