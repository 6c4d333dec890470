/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_SELECTOR_NEW_FILES_H
#define FTRACE_SELECTOR_NEW_FILES_H

#include "map/query.h"
#include "selector/changes.h"

struct new_file {
	char *path; /* as stored, to be freed */
	const char *runner;
};

/*
 * Test files that appeared in directories where a runner looks for tests:
 * names that match its patterns and that the map has never met. One that
 * several runners take comes once for each, one after the other. The array is
 * to be freed.
 */
int new_files_find(struct new_file **files, size_t *count, struct map *map,
	const struct changes *changes, struct err *err);

#endif
