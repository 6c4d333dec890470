/* SPDX-License-Identifier: MIT */
/*
 * The examiner: a thread of the session's that answers who asks whether an
 * object calls the kernel by itself (wire/verdict.h). What it has found out is
 * kept for this user's sessions to come, in whatever project.
 */
#ifndef FTRACE_TRACER_EXAMINER_H
#define FTRACE_TRACER_EXAMINER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "wire/arena.h"

struct examiner {
	struct arena *arena;
	char *file; /* where verdicts are kept; NULL: nowhere */
	pthread_t thread;
	bool running;
	uint32_t site_count; /* that the board has */
	bool learned;        /* something that is not in the file */
	_Atomic bool stop;
};

/* Starts it, with what is known already; 0 or a negative errno. */
int examiner_start(struct examiner *examiner, struct arena *arena);

/* Ends it, and keeps what it learned; nothing if it was not started. */
void examiner_end(struct examiner *examiner);

#endif
