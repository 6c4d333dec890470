/* SPDX-License-Identifier: MIT */
/*
 * Running the command as if nothing stood between it and its caller: same
 * process group, standard streams, terminal and signal dispositions.
 */
#ifndef FTRACE_TRACER_SPAWN_H
#define FTRACE_TRACER_SPAWN_H

#include <stdbool.h>

#include "base/err.h"
#include "wire/arena.h"

/* How long a command may take before it is killed. */
struct spawn_limit {
	unsigned seconds;
	bool expired; /* it was */
};

/*
 * Runs argv with the environment and waits for it. Signals sent to us go on
 * to it; when it is stopped from the terminal we stop too. 0 with the wait
 * status in *status; a negative errno when it could not be executed. A program
 * that the interposer cannot see asks the arena's follower; NULL: no tracing.
 * The limit may be NULL.
 */
int spawn_and_wait(char *const argv[], char *const envp[], struct arena *arena,
	struct spawn_limit *limit, int *status, struct err *err);

/*
 * Commands get process groups of their own from now on: signals sent to us go
 * to all of the group, and what is left of it is killed some seconds after one
 * that ends programs. For who has no terminal.
 */
void spawn_in_group(void);

/*
 * For who runs several commands: signals that end a program are noted from
 * now on, between the commands as well. spawn_signal() is the last that came,
 * or 0.
 */
void spawn_note_signals(void);
int spawn_signal(void);

/*
 * A signal to end that comes once a command has ended is held back until
 * spawn_exit_like(), for the run has to be recorded; a second one is not.
 * Whether there is one.
 */
bool spawn_held(void);

/* Nobody who stops reading what we print ends us, in the middle of a run. */
void spawn_outlive_readers(void);

/* Whether nobody reads any more what we print, or the command did. */
bool spawn_lost_reader(void);

/* Ends this process as the wait status says: by the same signal, too; or by
 * the one that was held back. */
_Noreturn void spawn_exit_like(int status);

#endif
