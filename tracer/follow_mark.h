/* SPDX-License-Identifier: MIT */
/*
 * Marks (wire/mark.h) of followed processes. As in the interposer, but a
 * scope is in force for the whole process: its threads are not told apart.
 */
#ifndef FTRACE_TRACER_FOLLOW_MARK_H
#define FTRACE_TRACER_FOLLOW_MARK_H

#include <stdbool.h>

#include "tracer/tracee.h"

/* When the path is a mark, does what it says and returns true. */
bool follow_mark(struct tracees *tracees, struct tracee_process *process,
	const char *path);

#endif
