/* SPDX-License-Identifier: MIT */
/*
 * The functions that changed, and whether a recorded test enters them.
 *
 * A function has changed when the block of its name in the file's text now has
 * another print than in the version before, or was not in that. The version
 * before is the one that a run loaded last; or, of a revision of git, what was
 * in it. Left out are files that tests are collected from, and conftest.py.
 */
#ifndef FTRACE_SELECTOR_FUNCTIONS_H
#define FTRACE_SELECTOR_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "selector/changes.h"

struct changed_function {
	char *path; /* as stored */
	char *name; /* qualified */
	uint32_t line;
	bool fresh;   /* the version before had none of that name */
	bool reached; /* some unit depends on a scope that entered it */
	/* It is not reached as far as is known, but a unit read the whole file,
	 * and may have entered it where that is not recorded. */
	bool whole;
};

/* A file of which nobody knows what functions it has. */
struct unknown_source {
	char *path;
	char *text; /* why, for people */
};

struct functions {
	struct changed_function *list; /* by path and line */
	size_t count, room;
	size_t reached;
	struct unknown_source *unknown; /* by path */
	size_t unknown_count, unknown_room;
};

/*
 * changes_find() has found the changes. since: a revision of git, or NULL.
 * Negative when the revision cannot be had, or no run told of functions.
 */
int functions_find(struct functions *functions, struct changes *changes,
	struct map *map, const char *since, struct err *err);
void functions_release(struct functions *functions);

/* Whether any run has told which functions tests enter. */
bool functions_recorded(const struct changes *changes);

/*
 * Whether at least `billionths` of the changed functions are reached. A file
 * of which nobody knows counts as one that is not.
 */
bool functions_suffice(const struct functions *functions, uint64_t billionths);

#endif
