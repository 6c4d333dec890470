/* SPDX-License-Identifier: MIT */
/*
 * The user's folder for what ftrace remembers of this machine, whatever the
 * project: `$XDG_STATE_HOME/ftrace`, or `~/.local/state/ftrace`. What lies
 * there is believed, so it has to be the user's own, and nobody else may
 * write it.
 */
#ifndef FTRACE_BASE_STATE_FOLDER_H
#define FTRACE_BASE_STATE_FOLDER_H

#include <stdbool.h>

/* The path of a file in it, to be freed; NULL where the user has no home. */
char *state_folder_path(const char *name);

/* Whether there is a file of that path, and it may be believed. */
bool state_folder_trusts(const char *path);

/*
 * Makes the folder of such a path, for this user alone; false where that
 * cannot be, or nothing can be written there.
 */
bool state_folder_make(const char *path);

#endif
