/* SPDX-License-Identifier: MIT */
/*
 * The changed set as git has it: what differs between a revision and the work
 * tree, or between the last commit and the index.
 *
 * A set has two sides, the old one and the new one. On either a file can be
 * another than it is on disk: what was staged and then edited again differs
 * from the work tree on both.
 */
#ifndef FTRACE_GIT_GIT_SET_H
#define FTRACE_GIT_GIT_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/intern.h"

enum git_side { GIT_OLD, GIT_NEW };

enum git_kind {
	GIT_ON_DISK, /* as it is in the work tree */
	GIT_ABSENT,
	GIT_FILE,
	GIT_EXECUTABLE,
	GIT_LINK,  /* its text is where it points */
	GIT_OTHER, /* a repository, a conflict: nobody knows */
};

struct git_version {
	enum git_kind kind;
	char object[65]; /* git's name of the text; "": none */
	char *bytes;     /* once it was read */
	size_t size;
};

struct git_entry {
	char *path;   /* as the map stores it */
	bool changed; /* the sides differ */
	struct git_version sides[2];
};

/* What is asked for. */
struct git_asked {
	const char *since; /* a revision, against the work tree */
	bool staged;       /* or the last commit, against the index */
};

struct git_set {
	struct git_entry *list; /* by path, each once */
	size_t count, room;
	size_t changed;
	/* Staged files that are others in the work tree, and the first one. */
	size_t unstaged;
	const char *first_unstaged;
	bool staged;
	char *root, *top;           /* the project's, the work tree's */
	char *commit;               /* the old side; NULL: nothing yet */
	char *index;                /* the one in force in a hook, or NULL */
	struct interner untracked;  /* staged: nothing of either side */
	struct interner folders[2]; /* of each side, as stored; once asked */
	bool have_folders[2];
};

/*
 * Negative with err filled: no git, no repository, no such revision. To be
 * released in any case.
 */
int git_set_find(struct git_set *set, const char *root,
	const struct git_asked *asked, struct err *err);
void git_set_release(struct git_set *set);

/* NULL: nothing is known against the file on disk. */
struct git_entry *git_set_entry(const struct git_set *set, const char *path);

/* Reads the texts of one side of those entries that are `wanted`. */
int git_set_texts(struct git_set *set, enum git_side side,
	bool (*wanted)(const char *path, void *data), void *data,
	struct err *err);

/* Whether a side has a directory; `path` as stored. */
int git_set_has_folder(struct git_set *set, enum git_side side,
	const char *path, bool *has, struct err *err);

/*
 * Which of these paths git has nothing to do with: those outside of its work
 * tree, and those that it ignores. Where git cannot tell none are.
 */
void git_set_foreign(const struct git_set *set, const char *const *paths,
	size_t count, bool *foreign);

#endif
