/* SPDX-License-Identifier: MIT */
/*
 * Running git: from a directory, whatever the environment says of other
 * repositories, without a shell, and in words that are not translated.
 */
#ifndef FTRACE_GIT_GIT_RUN_H
#define FTRACE_GIT_GIT_RUN_H

#include <stddef.h>

#include "base/err.h"

struct git {
	const char *directory;
	const char *revision; /* as it was given, for people; NULL: none */
	struct err *err;
	const char *index; /* another than the repository's own, absolute */
	/*
	 * Where new objects go instead of the repository's own folder of
	 * them, absolute both; NULL: there.
	 */
	const char *objects, *own_objects;
	unsigned seconds; /* git is killed when they are over; 0: never */
};

/* Bytes with a closing NUL. */
struct git_bytes {
	char *text;
	size_t size;
};

/*
 * The output of a command, to be freed whatever comes of it. 0, or negative
 * with git's own words in err.
 */
int git_run(struct git *git, const char *const *arguments,
	const struct git_bytes *input, struct git_bytes *output);

/*
 * The folder of the repository's objects, absolute; to be freed, NULL on
 * failure.
 */
char *git_objects(struct git *git);

/*
 * The line that a command prints, which may be a path with line breaks in it;
 * to be freed, NULL on failure.
 */
char *git_line(struct git *git, const char *const *arguments);

/* The commit that a revision names; to be freed, NULL on failure. */
char *git_commit(struct git *git);

/*
 * The index that git has made for a commit, where it runs us in a hook of this
 * repository; to be freed, or NULL.
 */
char *git_hook_index(struct git *git);

#endif
