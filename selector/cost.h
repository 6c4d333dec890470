/* SPDX-License-Identifier: MIT */
/*
 * What the next edit of a file would select: by the statement or function that
 * it is an edit of. An edit of a statement is one of its code, in place; that
 * of a function leaves its head as it is.
 */
#ifndef FTRACE_SELECTOR_COST_H
#define FTRACE_SELECTOR_COST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"

struct cost {
	uint32_t line;    /* 0: all of the file */
	char *text;       /* that line, or the name of a function */
	bool is_function; /* or a method */
	size_t units;     /* that are answers, see affected_is_answer() */
	int64_t duration; /* microseconds that these took last time */
	bool decisive;    /* it may change which tests there are */
	char *reason;     /* why the file counts as a whole, or NULL */
};

struct costs {
	struct cost *list; /* dearest first; none selects nothing */
	size_t count, room;
	size_t free;   /* statements and functions that would select nothing */
	size_t units;  /* in the map */
	char *problem; /* why statements cannot be told apart, or NULL */
};

/*
 * path: as stored; some unit depends on it. -ESTALE: the file is not what it
 * was when it was recorded.
 */
int costs_find(struct costs *costs, struct map *map, const char *path,
	struct err *err);
void costs_release(struct costs *costs);

#endif
