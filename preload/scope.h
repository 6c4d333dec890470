/* SPDX-License-Identifier: MIT */
/*
 * Which scope is in force, and what marks do to it.
 *
 * A scope begun with a mark is in force for the thread that began it and,
 * unless it is a module's or the base re-entered, for every thread that has
 * begun none itself: a test's own threads record into the test. A forked
 * child inherits the scope by memory, an executed one by SCOPE_VARIABLE.
 * Safe wherever preload/recorder.h is.
 */
#ifndef FTRACE_PRELOAD_SCOPE_H
#define FTRACE_PRELOAD_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

/* Enters the scope this process was started in. */
void scope_start(uint32_t base);

uint32_t scope_in_force(void);

/* True between a mute mark and its unmute, in this thread. */
bool scope_muted(void);

/* Whether this process has made a mark: it may make more. */
bool scope_is_marked(void);

/*
 * Whether an adapter has said `ready` here, or in a process above this one:
 * what a runner starts is no runner of the session, whatever its scope.
 */
bool scope_is_spoken(void);
void scope_set_spoken(void);

/* When path is a mark, does what it says and returns true. */
bool scope_mark(const char *path);

#endif
