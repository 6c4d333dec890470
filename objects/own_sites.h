/* SPDX-License-Identifier: MIT */
/*
 * Whether a jump can take the place of a system call instruction. On x86_64 it
 * takes five bytes, so that neighbours move along: those must do the same
 * elsewhere, and nothing may lead into the middle of what moves.
 */
#ifndef FTRACE_OBJECTS_OWN_SITES_H
#define FTRACE_OBJECTS_OWN_SITES_H

#include "objects/decode.h"
#include "objects/own_calls.h"

/* Of the instruction `at` of a function, all of whose instructions are given.
 */
void own_site_choose(struct own_call *call, const struct instruction *list,
	size_t count, size_t at);

/* Takes back what branches from elsewhere in the section lead into. */
void own_sites_check(
	struct own_calls *calls, const struct elf_section *section);

#endif
