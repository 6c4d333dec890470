/* SPDX-License-Identifier: MIT */
/*
 * Processes of a runner's that all tests of a folder share: see shared.c.
 */
#ifndef FTRACE_FOLD_SHARED_H
#define FTRACE_FOLD_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runners/tests.h"
#include "wire/kind.h"

struct fold;

/* A test that ran, as a unit, uses what its folder's processes do. */
void fold_shared_test(
	struct fold *fold, const struct runner_test *test, uint32_t unit);

/* The scope of a process by its words, one of which is a path in the folder; or
 * SCOPE_NONE. */
uint32_t fold_shared_process(struct fold *fold, const char *words, size_t size);

/*
 * Around the accesses, as fold/driver.h has them: whether an access in such a
 * scope to what is built is explained; and what has been met and is not.
 */
bool fold_shared_explains(struct fold *fold, uint32_t scope, uint32_t node,
	enum access_kind kind);
void fold_shared_use(struct fold *fold);
void fold_shared_release(struct fold *fold);

#endif
