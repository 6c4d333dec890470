/* SPDX-License-Identifier: MIT */
/*
 * What the map knows of a check: a unit of runner "command" whose base is
 * named after the command that it was.
 */
#ifndef FTRACE_MAP_QUERY_CHECK_H
#define FTRACE_MAP_QUERY_CHECK_H

#include <stddef.h>

#include "map/map.h"
#include "map/print.h"

/*
 * The name of the base of the command unit with that id, to be freed; NULL
 * where there is no such unit, and on failure.
 */
int query_base_name(
	char **name, struct map *map, const char *id, struct err *err);

/* A file that it wrote and used besides, or a directory that it listed. */
struct query_own {
	char *path; /* as stored */
	enum aspect aspect;
};

int query_own(struct query_own **list, size_t *count, struct map *map,
	const char *id, struct err *err);
void query_own_release(struct query_own *list, size_t count);

/* What it made and others use, as stored; texts and list are to be freed. */
int query_products(char ***paths, size_t *count, struct map *map,
	const char *id, struct err *err);

#endif
