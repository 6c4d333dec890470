/* SPDX-License-Identifier: MIT */
/*
 * Where a project stands in git's history.
 */
#ifndef FTRACE_GIT_GIT_HISTORY_H
#define FTRACE_GIT_GIT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct git_history {
	/* HEAD and its ancestors, nearest first; NULL behind them. */
	char **commits;
	size_t count;
	char *branch;  /* "" where none is checked out */
	char *below;   /* the directory, from the top of the work tree; "" */
	char *project; /* what the repository is called where it comes from */
	bool shallow;  /* not all ancestors are known */
};

/*
 * At most that many commits. Negative: no git, no repository, no commit. To be
 * released in any case.
 */
int git_history_load(struct git_history *history, const char *directory,
	size_t most, struct err *err);
void git_history_release(struct git_history *history);

/* How many commits HEAD has that this one has not; -1: nobody knows. */
long git_history_distance(const char *directory, const char *commit);

/* Whether the repository has commits of these names. */
void git_history_known(
	const char *directory, char *const *commits, size_t count, bool *known);

#endif
