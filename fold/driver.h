/* SPDX-License-Identifier: MIT */
/*
 * What a runner's own processes do: see driver.c.
 */
#ifndef FTRACE_FOLD_DRIVER_H
#define FTRACE_FOLD_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runners/tests.h"
#include "wire/kind.h"

struct fold;

/*
 * A test, as a unit, uses what it is built of. Then, around the accesses: what
 * the list explains is found, and read by those that it is for. Whether an
 * access in a scope is explained.
 */
void fold_driver_test(
	struct fold *fold, const struct runner_test *test, uint32_t unit);
void fold_driver_open(struct fold *fold);
void fold_driver_read(struct fold *fold);
bool fold_driver_explains(struct fold *fold, uint32_t scope, uint32_t node,
	enum access_kind kind);

/* Of nodes: the part that it was built of, + 1, or 0; whether it lies where
 * the runner builds; and whether something that was built lies below it. */
size_t fold_driver_made_of(const struct fold *fold, uint32_t node);
bool fold_driver_is_built(const struct fold *fold, uint32_t node);
bool fold_driver_leads_to_made(const struct fold *fold, uint32_t node);
/* That a scope uses the part at that place. */
void fold_driver_use(struct fold *fold, uint32_t scope, size_t place);
void fold_driver_release(struct fold *fold);

#endif
