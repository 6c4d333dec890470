/* SPDX-License-Identifier: MIT */
/*
 * In a hook: what is staged, and whether what was run changed it in the work
 * tree. What is to be committed is as it was before then.
 */
#ifndef FTRACE_GIT_HOOK_STAGED_H
#define FTRACE_GIT_HOOK_STAGED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/intern.h"
#include "map/print.h"

struct staged_file {
	char *path; /* from the top of the work tree */
	char *blob; /* git's name of what is staged */
	struct print before;
	bool rewritten; /* this time, or before without being staged since */
};

struct staged {
	char *top;   /* of the work tree; NULL: git tells of none */
	char *index; /* that git has made for this commit; or NULL */
	char *notes; /* a file with what was rewritten and is staged still */
	struct staged_file *list;
	size_t count, room;
	struct interner told; /* the notes */
};

/*
 * What is to be committed, and what it looks like in the work tree before
 * anything is run; before hook_leave_git(). root: of the project.
 */
void hook_staged_look(struct staged *staged, const char *root);

/*
 * Afterwards: sets `rewritten` of each file that is not as it is staged, and
 * that was changed since. Says whether there is any, and keeps that for the
 * next commit: a program that finds nothing more to change would let it pass.
 */
bool hook_staged_rewritten(struct staged *staged);
void hook_staged_release(struct staged *staged);

#endif
