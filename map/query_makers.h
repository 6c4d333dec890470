/* SPDX-License-Identifier: MIT */
/*
 * What the map knows of the scopes that made files.
 */
#ifndef FTRACE_MAP_QUERY_MAKERS_H
#define FTRACE_MAP_QUERY_MAKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"
#include "map/recording.h"

/* A scope, and what it made. */
struct query_maker {
	int64_t scope;
	enum scope_kind kind;
	char *name;
	struct query_made {
		char *path;     /* as stored */
		uint32_t kinds; /* KIND_MAKER among them */
	} * files;
	size_t count, room;
};

int query_makers(struct query_maker **makers, size_t *count, struct map *map,
	struct err *err);
void query_makers_release(struct query_maker *makers, size_t count);

/*
 * What runners have made themselves, by the stored paths: to be released with
 * query_paths_release().
 */
int query_outputs(
	char ***paths, size_t *count, struct map *map, struct err *err);
void query_paths_release(char **paths, size_t count);

/* The units that use a base, as "runner/id"; texts and list are to be freed. */
int query_users(char ***names, size_t *count, struct map *map, int64_t base,
	struct err *err);

/* What a scope depends on, itself and through all that it leads to. */
struct query_inputs {
	struct query_input {
		char *path; /* as stored */
		int64_t state;
		uint32_t kinds;
	} * list;
	size_t count, room;
	char *incomplete; /* why some of it is, or NULL */
};

int query_inputs(struct query_inputs *inputs, struct map *map, int64_t scope,
	struct err *err);
void query_inputs_release(struct query_inputs *inputs);

#endif
