/* SPDX-License-Identifier: MIT */
/*
 * The tests that an edit broke and that were not selected, as they are kept
 * for people.
 */
#ifndef FTRACE_MAP_ESCAPES_H
#define FTRACE_MAP_ESCAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

struct escaped {
	int64_t found; /* nanoseconds since the epoch */
	char *runner, *unit;
	char *why; /* for people */
	struct escaped_file {
		char *path;   /* as stored */
		bool missing; /* the test read it, and the map did not know */
	} * files;
	size_t file_count, file_room;
};

struct escapes {
	struct escaped *list; /* oldest first */
	size_t count, room;
};

/* In a write transaction. */
int escapes_add(
	struct map *map, const struct escaped *escaped, struct err *err);

/* Those of the same test that were found since, whatever was known of them. */
int escapes_forget(struct map *map, const struct escaped *escaped,
	int64_t since, struct err *err);

int escapes_load(struct escapes *escapes, struct map *map, struct err *err);
struct escaped *escapes_new(struct escapes *escapes);
void escapes_release(struct escapes *escapes);
void escaped_add_file(struct escaped *escaped, const char *path, bool missing);

#endif
