/* SPDX-License-Identifier: MIT */
/*
 * Which units were collected from a file: what brings a former result of that
 * file back has to say which tests there are then.
 */
#ifndef FTRACE_MAP_RECORDING_MEMBERS_H
#define FTRACE_MAP_RECORDING_MEMBERS_H

#include "map/recording.h"

/* Of the files that are full; after their scopes and units are stored. */
int recording_members_store(
	const struct recording *recording, struct map *map, struct err *err);

/*
 * The units that the map has below what is collected from a file, as frames of
 * "runner/id", to be freed.
 */
int recording_members_find(char **frames, size_t *size, struct map *map,
	const char *file, size_t file_size, struct err *err);

#endif
