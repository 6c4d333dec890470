/* SPDX-License-Identifier: MIT */
/*
 * Kept things: a record of one; then, once the states of functions are known,
 * entries for what computed each.
 */
#ifndef FTRACE_FOLD_KEPT_H
#define FTRACE_FOLD_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/names.h"
#include "fold/trace.h"

struct fold;

/*
 * A thing that scopes left in memory, under one name: a scope for what computed
 * it, used by who found it there.
 */
struct kept_thing {
	uint32_t scope;
	bool is_mentioned; /* who fills it is known by its name alone */
	bool is_import;    /* it counts as what the source's import made */
};

/* A scope that has left something there. */
struct kept_keeping {
	uint32_t scope;
	uint32_t kept; /* in list */
	uint32_t node; /* of the source whose module has it */
};

/* A scope that may have found what has an id. */
struct kept_may {
	uint32_t scope;
	uint32_t text;  /* in the scopes' texts */
	size_t entries; /* how many there were by then */
};

struct fold_kept {
	struct interner keys; /* number i is list[i] */
	struct interner told; /* marks, each once */
	struct kept_thing *list;
	size_t count, room;
	struct kept_keeping *keepings;
	size_t keeping_count, keeping_room;
	struct kept_may *mays;
	size_t may_count, may_room;
	struct names names, fillers;
};

void fold_take_kept(struct fold *fold, const struct trace_event *event);
void fold_take_may(struct fold *fold, const struct trace_event *event);
void fold_kept(struct fold *fold);
void fold_kept_release(struct fold *fold);

#endif
