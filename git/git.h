/* SPDX-License-Identifier: MIT */
/*
 * What git knows of a revision: the files below a directory that differ from
 * it, each with the text that it had.
 *
 * git is told to look from the directory, whatever the environment says of
 * other repositories; nothing goes through a shell, and the revision only
 * where git takes it for nothing else.
 */
#ifndef FTRACE_GIT_GIT_H
#define FTRACE_GIT_GIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct git_file {
	char *path; /* from the directory */
	bool was;   /* it was there, as a regular file; perhaps elsewhere */
	char *bytes;
	size_t size;
	char object[65]; /* git's name of the text; "" for none */
};

struct git_files {
	struct git_file *list; /* by path, each once */
	size_t count, room;
};

/*
 * The files that differ in the working tree, and those that git neither
 * tracks nor ignores. `wanted` says of a path whether its text is needed.
 * Negative: no git, no repository, no such revision.
 */
int git_changed_since(struct git_files *files, const char *directory,
	const char *revision, bool (*wanted)(const char *path, void *data),
	void *data, struct err *err);
void git_files_release(struct git_files *files);

#endif
