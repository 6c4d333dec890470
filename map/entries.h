/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_MAP_ENTRIES_H
#define FTRACE_MAP_ENTRIES_H

#include <sys/stat.h>

/* What a directory has in it, but for "." and "..", links followed. */
struct entry {
	const char *name;
	const char *stored;   /* its path as the map has it */
	const char *absolute; /* and as the system takes it */
	const struct stat *st;
};

/*
 * Hands each to `take`, in no order; the entry is good for the call alone. One
 * that cannot be looked at, a link that leads nowhere say, is left out, as is
 * all of a directory that cannot be read. directory: as stored.
 */
void entries_each(const char *root, const char *directory,
	void (*take)(void *context, const struct entry *entry), void *context);

#endif
