/* SPDX-License-Identifier: MIT */
/*
 * Directories that say of themselves that they are caches: they hold a file
 * CACHEDIR.TAG with a fixed beginning (https://bford.info/cachedir). What is in
 * a cache can change how long a program takes, and not what it does; so that a
 * cache is there, or is gone, is nobody's dependency.
 */
#ifndef FTRACE_MAP_CACHE_H
#define FTRACE_MAP_CACHE_H

#include <stdbool.h>

/*
 * Whether the directory `name`, relative to the open directory `at` (AT_FDCWD:
 * the current one), has a tag. Thread-safe.
 */
bool cache_is_tagged(int at, const char *name);

#endif
