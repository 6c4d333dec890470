/* SPDX-License-Identifier: MIT */
/*
 * What makes two recorded scopes the same: kind, name, what was read, whether
 * all was seen, and the same of every scope used, all the way down. Files
 * made do not count: their names are often new in every run.
 */
#ifndef FTRACE_MAP_RECORDING_KEY_H
#define FTRACE_MAP_RECORDING_KEY_H

#include "map/recording.h"

struct scope_key {
	int64_t *pairs; /* state id and kinds, by state */
	size_t pair_count;
	struct print set;  /* of the pairs */
	struct print deep; /* of the scope and all it reaches */
};

/*
 * A key for each scope, when the states have their ids. Sorts the scopes'
 * reads and uses.
 */
struct scope_key *recording_keys(struct recording *recording);

/*
 * The part of a key that is of reads, when the states have their ids; pairs
 * are to be freed. Sorts the reads and puts those of one state together.
 */
void recording_set(struct scope_key *key, const struct recording *recording,
	struct recorded_read *reads, size_t *count);

/* Sorts pairs of state id and kinds; the print that a set of them has. */
struct print recording_set_print(int64_t *pairs, size_t count);

void recording_keys_release(struct scope_key *keys, size_t count);

#endif
