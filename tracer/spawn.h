/* SPDX-License-Identifier: MIT */
/*
 * Running the command as if nothing stood between it and its caller: same
 * process group, standard streams, terminal and signal dispositions.
 */
#ifndef FTRACE_TRACER_SPAWN_H
#define FTRACE_TRACER_SPAWN_H

#include "map/err.h"
#include "wire/arena.h"

/*
 * Runs argv with the environment and waits for it. Signals sent to us go on
 * to it; when it is stopped from the terminal we stop too. 0 with the wait
 * status in *status; a negative errno when it could not be executed. A program
 * that the interposer cannot see asks the arena's follower; NULL: no tracing.
 */
int spawn_and_wait(char *const argv[], char *const envp[], struct arena *arena,
	int *status, struct err *err);

/* Ends this process as the wait status says: by the same signal, too. */
_Noreturn void spawn_exit_like(int status);

#endif
