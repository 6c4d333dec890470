/* SPDX-License-Identifier: MIT */
/*
 * Which functions scopes entered, as scopes and reads of the recording.
 */
#ifndef FTRACE_FOLD_ENTERED_H
#define FTRACE_FOLD_ENTERED_H

#include "fold/code.h"

struct fold;

/* A scope for each set of functions of a file that some scope entered. */
void fold_entered(struct fold *fold);

/* Entries, put in the order of their scopes; to be freed. */
struct fold_entry *fold_entries_by_scope(const struct fold *fold,
	const struct fold_entry *entries, size_t count);

#endif
