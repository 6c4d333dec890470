/* SPDX-License-Identifier: MIT */
/*
 * Files that no selection counts: counters, logs and caches that programs
 * rewrite each time they run. Some are known by their names; "ignore" in
 * ftrace.json has more. A file that git tracks is never one of them.
 */
#ifndef FTRACE_SELECTOR_IGNORED_H
#define FTRACE_SELECTOR_IGNORED_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct ignored {
	const char *root;
	struct config config;
};

/* A configuration that is wrong ignores nothing: others tell of it. */
void ignored_init(struct ignored *ignored, const char *root);
void ignored_release(struct ignored *ignored);

/* Whether a glob has a stored path, or a directory that it lies in. */
bool ignored_matches(const char *glob, const char *path);

/* Whether a file by its stored path counts for nothing. */
bool ignored_has(const struct ignored *ignored, const char *path);

#endif
