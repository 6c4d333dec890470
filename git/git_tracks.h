/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_GIT_GIT_TRACKS_H
#define FTRACE_GIT_GIT_TRACKS_H

#include <stdbool.h>

/*
 * Whether git tracks `.ftrace` in a directory, or anything in it. git itself is
 * only asked where its index names something like that.
 */
bool git_tracks_map(const char *directory);

#endif
