/* SPDX-License-Identifier: MIT */
/*
 * Memory that does not run out: every function here ends the process with a
 * line on stderr when the system has no more. Never used by the interposer.
 */
#ifndef FTRACE_BASE_ALLOC_H
#define FTRACE_BASE_ALLOC_H

#include <stddef.h>

void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xmemdup(const void *bytes, size_t size); /* with a closing NUL */
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *format, ...);

/*
 * Makes room for one more element in a growing array; returns it, zeroed.
 *	thing = array_add(&a->things, &a->count, &a->room, sizeof(*a->things));
 */
void *array_add(void *array, size_t *count, size_t *room, size_t size);

#endif
