/* SPDX-License-Identifier: MIT */
/*
 * All that another map knows, as a recording of this one: for map/merge*.c
 * only.
 */
#ifndef FTRACE_MAP_MERGE_READ_H
#define FTRACE_MAP_MERGE_READ_H

#include "base/intern.h"
#include "map/recording.h"

/* What is known of a scope besides. */
struct merged_scope {
	bool latest;
	char *members; /* frames, or NULL */
	size_t members_size;
	bool fresh; /* the map did not have it */
};

struct merged_result {
	uint32_t scope; /* in the recording */
	char *runner, *id;
	char *outcome, *place; /* or NULL */
	char *labels;          /* each with a NUL behind it */
	size_t labels_size;
	int64_t duration; /* -1: unknown */
	int64_t ran;
	bool newest; /* of its unit, there */
};

struct merge_reading {
	struct map *into, *from;
	struct err *err;
	struct map_files files; /* of `into`, and what `from` has more */
	struct recording recording;
	struct merged_scope *scopes; /* as those of the recording */
	size_t scope_count, scope_room;
	struct merged_result *results;
	size_t result_count, result_room;
	/* Numbers in `from`, to places in files and the recording. */
	struct interner file_ids, state_ids, scope_ids;
	uint32_t *file_places, *state_places;
	size_t file_count, file_room, state_count, state_room;
	size_t listing_count; /* in the recording */
	char **names;         /* of scopes and directories; owned */
	size_t name_count, name_room;
};

/* To be closed in any case. What is not as it has to be is refused. */
int merge_reading_open(struct merge_reading *reading, struct map *into,
	struct map *from, struct err *err);
void merge_reading_close(struct merge_reading *reading);

/* Says that the other map is not as it has to be; MAP_BROKEN. */
int merge_refuse(const struct map *from, const char *what, struct err *err);

/* The place of a scope of the other map in the recording; INTERN_NONE: none. */
uint32_t merge_scope(const struct merge_reading *reading, int64_t id);

#endif
