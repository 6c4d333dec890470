/* SPDX-License-Identifier: MIT */
/*
 * Modules that a runner read for those who asked for them.
 */
#ifndef FTRACE_FOLD_HANDED_H
#define FTRACE_FOLD_HANDED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/trace.h"
#include "wire/kind.h"

struct fold;

struct fold_handed {
	struct interner nodes; /* of the tree, by their bytes */
};

/* Finds them all. */
void fold_find_handed(struct fold *fold);

/* Whether an event of the base is such a reading. */
bool fold_is_handed(const struct fold *fold, const struct trace_event *event,
	uint32_t node, enum access_kind kind);

#endif
