/* SPDX-License-Identifier: MIT */
/*
 * Files kept in a remote repository: each is all of a commit without parents
 * that a ref names. Neither this repository's refs nor its objects change.
 */
#ifndef FTRACE_GIT_GIT_REFS_H
#define FTRACE_GIT_GIT_REFS_H

#include <stddef.h>

#include "git/git_run.h"

struct git_remote {
	const char *directory; /* in this repository */
	const char *name;      /* "origin", a path or a URL */
	const char *work;      /* a folder for objects that are needed here */
	unsigned seconds;      /* that git may take each time */
};

/* Refs below a prefix, as lines: object, tab, ref. */
int git_refs_list(const struct git_remote *remote, const char *prefix,
	struct git_bytes *lines, struct err *err);

/* The file of a ref, to be freed. */
int git_refs_get(const struct git_remote *remote, const char *ref,
	const char *object, struct git_bytes *file, struct err *err);

/* Names a file by the ref, whatever it named before. */
int git_refs_put(const struct git_remote *remote, const char *ref,
	const struct git_bytes *file, struct err *err);

/* Removes a ref. */
int git_refs_drop(
	const struct git_remote *remote, const char *ref, struct err *err);

#endif
