/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_MAP_PROJECT_H
#define FTRACE_MAP_PROJECT_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"

/*
 * Files that mark the root of a project, beside those of languages
 * (map/language.h) and of tools that build in any: lists that end with NULL,
 * and NULL behind the last. They are there from now on.
 */
void project_marks_set(const char *const *const *lists);

/*
 * The project root for a directory: the nearest one above (or it itself) that
 * has a map; else the top of the git, hg or jj checkout; else the nearest one
 * with an ftrace.json, or with a file that marks a project (setup.cfg,
 * Cargo.toml, Makefile, ...); else the directory. Absolute and real; to be
 * freed. NULL with err filled when the directory cannot be resolved.
 */
char *project_root(const char *directory, struct err *err);

/* The real path of a directory given by hand; as above. */
char *project_absolute(const char *directory, struct err *err);

/*
 * A path as given on a command line, in the map's form: relative to the root
 * below it, else absolute. The file need not exist. To be freed.
 */
char *project_path(const char *root, const char *path);

/* The other way: a stored path as the system takes it; to be freed. */
char *project_file(const char *root, const char *stored);

/* The current directory as seen from the root. */
struct project_here {
	bool inside;
	char below[PATH_MAX]; /* "" at the root itself */
};

void project_here(struct project_here *here, const char *root);

/*
 * A stored path, or an id that begins with one, as seen from there. Unchanged
 * when it is absolute, or the place not inside the root. What begins with "./"
 * begins with a dot there, too. To be freed.
 */
char *project_show(const struct project_here *here, const char *path);

#endif
