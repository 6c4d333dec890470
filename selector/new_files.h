/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_SELECTOR_NEW_FILES_H
#define FTRACE_SELECTOR_NEW_FILES_H

#include "map/query.h"
#include "selector/changes.h"

/*
 * Test files that appeared in directories where the runner looks for tests:
 * names that match its patterns and that the map has never met. Stored paths,
 * to be freed one by one and as an array.
 */
int new_files_find(char ***paths, size_t *count, struct map *map,
	const struct changes *changes, struct err *err);

#endif
