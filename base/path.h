/* SPDX-License-Identifier: MIT */
/*
 * Paths as texts: nothing is asked of the disk.
 */
#ifndef FTRACE_BASE_PATH_H
#define FTRACE_BASE_PATH_H

/*
 * What of a path comes below a folder, which does not end with a slash: "" of
 * the folder itself. NULL: the path lies elsewhere. "" is the folder of all
 * that begin with a slash.
 */
const char *path_below(const char *path, const char *folder);

/* The last part of a path: what is behind its last slash. */
const char *path_last(const char *path);

#endif
