/* SPDX-License-Identifier: MIT */
/*
 * Which passages of functions scopes ran (languages/passages.h), where that is
 * told; and which functions the next run tells them of.
 */
#ifndef FTRACE_FOLD_PASSAGES_H
#define FTRACE_FOLD_PASSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fold/code.h"

struct fold;
struct map;
struct err;

/* One passage that a scope ran. */
struct fold_passage {
	uint32_t scope;
	uint32_t block;    /* in functions: the passage */
	uint32_t function; /* and what it belongs to */
};

/*
 * A scope entered a function, and ran of it the passages that are listed in
 * decimal, a dot before each. What cannot be made out is all of it.
 */
void fold_passages_take(struct fold *fold, uint32_t scope, uint32_t function,
	const char *text, size_t size);

/* Sources get the passages that were told of, as they were planned. */
void fold_passages_sources(struct fold *fold);

/*
 * Once functions have states: of whom a passage has none the function counts
 * as a whole.
 */
void fold_passages_settle(struct fold *fold);

/*
 * What scopes read of functions: those that count as a whole, and passages;
 * to be freed.
 */
struct fold_entry *fold_passages_reads(const struct fold *fold, size_t *count);

/* All passages that were told of, in the order of their scopes. */
struct fold_passages_by_scope {
	struct fold_passage *list;
	size_t *first; /* of each scope; one more than there are scopes */
};

struct fold_passages_by_scope *fold_passages_by_scope(const struct fold *fold);
void fold_passages_by_scope_free(struct fold_passages_by_scope *all);

/*
 * Has a scope read what another one ran of the functions that are wanted, and
 * not read as a whole; both by function.
 */
void fold_passages_hand(struct fold *fold,
	const struct fold_passages_by_scope *all, uint32_t from, uint32_t to,
	const bool *wanted, const bool *whole);

/* Plans the next run, by what the tests of this one entered. */
void fold_passages_choose(const struct fold *fold);

void fold_passages_release(struct fold *fold);

#endif
