/* SPDX-License-Identifier: MIT */
/*
 * What of a command's tests is to be run, and what that spares.
 */
#ifndef FTRACE_SELECTOR_PLAN_H
#define FTRACE_SELECTOR_PLAN_H

#include <stdbool.h>

#include "map/left.h"
#include "runners/adapter.h"
#include "selector/affected.h"

struct plan {
	struct query_units units;   /* as they were recorded, of all runners */
	struct affected affected;   /* of those */
	struct arguments arguments; /* in the order to run them in */
	size_t recorded; /* units in the map, but for `left`; 0: run it all */
	bool known;      /* they are all that the command would run */
	/* A changed file that may say which tests there are; or NULL. */
	const char *decisive;
	bool asks; /* the runner is asked for those that the map has not */
	/* What the command runs beside its tests is affected, or was them all.
	 */
	bool itself;
	/* A file to run that is called like another one; or NULL. */
	const char *namesake;
	struct left left; /* files of the map that are not the command's */
	size_t gone;      /* of those, no longer there */
	size_t selected;  /* of those that are */
	size_t fresh;     /* new files and names */
	size_t to_run;    /* what is not gone of all that; a file counts once */
	/* Microseconds that the others took last time, or all of the command */
	int64_t spared;
};

/* A command that is to be tested. */
struct plan_command {
	const char *runner; /* whose units are meant */
	const char *unit; /* the one that it is; NULL: the runner tells them */
	const char *own;  /* the one that it may be besides; or NULL */
	const char *line; /* as run_command_asked() has it */
	const char *directory; /* where it runs, as project_path() has it */
	struct git_set *set;   /* what changed; NULL: what differs */
};

/* To be released in any case. */
int plan_make(struct plan *plan, struct map *map,
	const struct plan_command *command, struct err *err);

/*
 * The second half of it, for who has several commands: the plan is of zeroes
 * but for its units and what of them is affected.
 */
int plan_fill(struct plan *plan, struct map *map,
	const struct plan_command *command, struct err *err);

/*
 * Whether the map has runners' tests of a command that is known to be none:
 * what the command is besides, if anything, is a unit that took no time. And
 * whose they are; NULL: of several runners.
 */
int plan_wraps(bool *yes, const struct adapter **runner, struct map *map,
	const struct plan_command *command, struct err *err);

/*
 * A changed file that may say which tests there are, to a command that leaves
 * these files out: what only they depend on says nothing of its own. NULL:
 * none, and it is owned by `affected`.
 */
int plan_decisive(const char **path, const struct affected *affected,
	const struct query_units *units, const struct left *left,
	struct map *map, struct err *err);

/* Whether a unit is in a file that a command leaves out. */
bool plan_leaves(const struct left *left, const char *runner, const char *id);

/* Whether nothing has to be run. */
bool plan_is_nothing(const struct plan *plan);
/* Whether the command is to run as it is: tests may be there that no map has.
 */
bool plan_is_all(const struct plan *plan);
void plan_release(struct plan *plan);

#endif
