/* SPDX-License-Identifier: MIT */
/*
 * System calls that objects make by themselves, past the C library: those of
 * the program and its libraries, and of what is loaded later. Where jumps can
 * take the place of all such instructions of an object they lead through
 * observe_call(); otherwise the record is incomplete from then on.
 */
#ifndef FTRACE_PRELOAD_OWN_CALLS_H
#define FTRACE_PRELOAD_OWN_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preload/start.h"

/*
 * Of what the loader has mapped. False when something makes calls that nobody
 * sees: it may be followed instead, or own_calls_lost() says so.
 */
bool own_calls_start(const struct start *start);
void own_calls_lost(void);

/*
 * Code of the descriptor's file was mapped: `size` bytes, from the offset on.
 * Before anybody can have run it. Memory that is shared is the file itself.
 */
void own_calls_mapped(
	int fd, uintptr_t at, size_t size, uint64_t offset, bool shared);

#endif
