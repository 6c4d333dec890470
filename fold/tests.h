/* SPDX-License-Identifier: MIT */
/*
 * Tests that the runner listed: see tests.c.
 */
#ifndef FTRACE_FOLD_TESTS_H
#define FTRACE_FOLD_TESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"

struct fold;

struct fold_tests {
	struct interner programs; /* nodes of what the runner looks for */
};

/* Whether a unit that this run did not meet would have been listed. */
bool fold_tests_lack(
	const struct fold *fold, const char *runner, const char *id);

/* Whether it is the runner who looks there, for a test's program. */
bool fold_finds_program(const struct fold *fold, uint32_t image, uint32_t node);

#endif
