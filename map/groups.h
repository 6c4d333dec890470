/* SPDX-License-Identifier: MIT */
/*
 * What the entries of a directory say about a group: a block "[name]" of its
 * listing. Python's programs find their plugins by that, in what is told of
 * each distribution that is installed.
 */
#ifndef FTRACE_MAP_GROUPS_H
#define FTRACE_MAP_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "map/language.h"

/* Whether the block of a listing is a group; its name then. */
bool groups_is_block(
	const char *block, size_t size, const char **name, size_t *name_size);

/* Whether an entry of a directory may tell of groups; of those of one language,
 * in its group_file. */
bool groups_may_be_in(const char *entry);
bool groups_tells(const struct map_language *language, const char *entry);

/* Whether a file of that name tells of groups, where it lies in such an entry.
 */
bool groups_is_file(const char *name, size_t size);

/*
 * The text of such a file where it mentions the group, else NULL; to be freed.
 * Whatever else it may mean by the name: it is not taken apart.
 */
char *groups_read(
	const char *path, const char *group, size_t group_size, size_t *size);

#endif
