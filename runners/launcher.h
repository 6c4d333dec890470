/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_LAUNCHER_H
#define FTRACE_RUNNERS_LAUNCHER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether argv's program hands on the words of a command that stands behind
 * its own, just as it got them: env, nice, timeout and the like.
 */
bool launcher_hands_on(char *const argv[]);

/* How many words stand before the command itself, in one that is told apart. */
size_t launcher_words(char *const argv[]);

#endif
