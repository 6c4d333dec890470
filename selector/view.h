/* SPDX-License-Identifier: MIT */
/*
 * The project as a side of git's set has it, compared with what was recorded.
 */
#ifndef FTRACE_SELECTOR_VIEW_H
#define FTRACE_SELECTOR_VIEW_H

#include "git/git_set.h"
#include "selector/changes.h"

/*
 * Lists as changed what that side has otherwise than it was recorded. Only
 * what git tells of is another than on disk. changes_find() has been called,
 * nothing may be written back afterwards; the old side comes last.
 */
int view_take(struct changes *changes, struct git_set *set, enum git_side side,
	struct err *err);

#endif
