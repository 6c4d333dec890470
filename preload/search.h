/* SPDX-License-Identifier: MIT */
/*
 * What the dynamic loader was looking for before this library could see it:
 * read off the dynamic sections of the objects it found.
 */
#ifndef FTRACE_PRELOAD_SEARCH_H
#define FTRACE_PRELOAD_SEARCH_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Whether it had more to search than its cache and the system's directories:
 * LD_LIBRARY_PATH, which may be NULL, or what an object of the list names.
 */
bool search_happened(const struct link_map *first, const char *path);

/*
 * Writes an object's words (enum object_word) to buffer, LD_PRELOAD first if
 * it is not NULL. Their bytes; more than size when they do not fit.
 */
size_t search_words(const struct link_map *map, const char *preload,
	char *buffer, size_t size);

#endif
