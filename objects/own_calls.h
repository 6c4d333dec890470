/* SPDX-License-Identifier: MIT */
/*
 * The system calls that an object makes by itself, past the C library: the
 * instructions in its code that may make one of the catalogue.
 *
 * An instruction's number is known when on every way to it the same one was
 * loaded; what is known to be outside of the catalogue does not count. Bytes
 * that are in the middle of other instructions do not count either.
 */
#ifndef FTRACE_OBJECTS_OWN_CALLS_H
#define FTRACE_OBJECTS_OWN_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "objects/elf_code.h"

struct own_call {
	uint64_t address; /* of the instruction */
	uint32_t number;
	bool known;            /* the number is that one always */
	bool proved;           /* a jump can take its place, */
	uint8_t before, after; /* with so many bytes around it */
};

struct own_calls {
	struct own_call *list; /* by address */
	size_t count, room;
};

/* Of the whole of the code. Release what they hold. */
void own_calls_find(struct own_calls *calls, const struct elf_code *code);
void own_calls_release(struct own_calls *calls);

#endif
