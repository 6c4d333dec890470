/* SPDX-License-Identifier: MIT */
/*
 * The follower: a process of its own, started when somebody first asks for it
 * (wire/follow.h), that traces with ptrace what the interposer cannot run in,
 * and writes records for it. It goes on until the last process that it
 * follows has ended, even when the session is over: without it their filtered
 * calls would fail.
 *
 * A process and not a thread, because the parent of a followed program would
 * otherwise be told of its ptrace stops.
 */
#ifndef FTRACE_TRACER_FOLLOWER_H
#define FTRACE_TRACER_FOLLOWER_H

#include <stdbool.h>
#include <sys/types.h>

#include "wire/arena.h"

/*
 * Starts the follower of the session when one is asked for and none is there.
 * Called by one thread only. Its pid is kept in *pid, 0 before.
 */
void follower_start_wanted(struct arena *arena, pid_t *pid);

/* Lets it end, when nothing is followed any more, and takes its status. */
void follower_end(struct arena *arena, pid_t pid);

/* What the follower does; returns when nothing is left to follow. */
void follower_run(struct arena *arena, pid_t supervisor);

#endif
