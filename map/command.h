/* SPDX-License-Identifier: MIT */
/*
 * The commands of which the map has all tests, each in a directory; or the one
 * unit that they are. line: as run_command_asked() has it. directory: as
 * project_path() has it.
 */
#ifndef FTRACE_MAP_COMMAND_H
#define FTRACE_MAP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "map/map.h"
#include "map/recording.h"

/* lasted: what it took when all of it ran, in microseconds. */
int command_is_known(bool *known, int64_t *lasted, struct map *map,
	const char *line, const char *directory, struct err *err);

/* Who told of its tests (recording.h), to be freed; or NULL. */
int command_runner(char **runner, struct map *map, const char *line,
	const char *directory, struct err *err);

/* Strings are owned by the list. */
struct commands {
	struct command {
		char *line, *directory;
		char *runner; /* who told of its tests; NULL: one unit */
	} * list;
	size_t count, room;
};

/* All but this one; to be released in any case. */
int commands_load_others(struct commands *commands, struct map *map,
	const char *line, const char *directory, struct err *err);

/* Those that ran to their end, the last one first, as they were given. */
int commands_load_whole(
	struct commands *commands, struct map *map, struct err *err);
void commands_release(struct commands *commands);

/* Of the command of a recording; the rest is in a transaction, too. */
int command_store(
	struct map *map, const struct recording *recording, struct err *err);

/* The map is not known any more to have all its tests. */
int command_forget(struct map *map, const char *line, const char *directory,
	struct err *err);
/* Nor those of any other, or of this one elsewhere. */
int command_forget_others(
	struct map *map, const struct recording *recording, struct err *err);

#endif
