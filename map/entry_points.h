/* SPDX-License-Identifier: MIT */
/*
 * What the distributions in a directory say in their entry_points.txt about a
 * group: Python's programs find their plugins by that.
 */
#ifndef FTRACE_MAP_ENTRY_POINTS_H
#define FTRACE_MAP_ENTRY_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#define ENTRY_POINTS_NAME "entry_points.txt"

/* Whether the block of a listing is a group, "[name]"; its name then. */
bool entry_points_is_group(
	const char *block, size_t size, const char **name, size_t *name_size);

/* Whether a directory of that name holds what is told of a distribution. */
bool entry_points_is_metadata(const char *name);

/*
 * The text of a file of entry points where it mentions the group, else NULL;
 * to be freed. Whatever else it may mean by the name: it is not taken apart.
 */
char *entry_points_read(
	const char *path, const char *group, size_t group_size, size_t *size);

#endif
