/* SPDX-License-Identifier: MIT */
/*
 * What a check's own files looked like before it runs: those that it wrote and
 * used last time, and the directories that it listed. Only so can be told
 * whether one that writes them again has changed them.
 */
#ifndef FTRACE_FOLD_BEFORE_H
#define FTRACE_FOLD_BEFORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "map/print.h"

struct before {
	struct before_file {
		char *path; /* absolute */
		enum aspect aspect;
		struct print print;
	} * list;
	size_t count, room;
};

/* unit: the command unit's id. Nothing is known where there is no map. */
int before_take(struct before *before, const char *root, const char *unit,
	struct err *err);
void before_release(struct before *before);

/* Whether it is known of that path that it looks as it did. */
bool before_is_same(
	const struct before *before, const char *path, enum aspect aspect);

#endif
