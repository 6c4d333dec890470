/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_CLI_CHANGED_SET_H
#define FTRACE_CLI_CHANGED_SET_H

#include "cli/option.h"
#include "git/git_set.h"

/*
 * What `--since` and `--staged` ask git for; nothing, where neither is given.
 * Says where staged files are others in the work tree. Negative with err
 * filled; the set is to be released in any case.
 */
int changed_set_find(struct git_set *set, const char *root,
	const struct git_asked *asked, const struct verb *verb,
	struct err *err);

#endif
