/* SPDX-License-Identifier: MIT */
/*
 * Whether other threads than the one that asks ran since it last asked.
 *
 * Most are asleep most of the time: a server that waits, a timer. A thread
 * whose processor time is what it was has not run.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_THREADS_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_THREADS_H

#include <stdbool.h>

/* Whether threads can be told at all. */
bool threads_start(void);

/* Of two threads that ask in turn each is told that the other ran. */
bool threads_ran(void);

#endif
