/* SPDX-License-Identifier: MIT */
/*
 * Which packages of a store are tried, and in which order: the nearer a map is
 * to what is here the less of it is affected. None is wrong.
 */
#ifndef FTRACE_STORE_CANDIDATES_H
#define FTRACE_STORE_CANDIDATES_H

#include "git/git_history.h"
#include "store/store.h"

struct candidates {
	struct candidate {
		const struct store_entry *entry;
		char *commit;
		bool fits;     /* the environment is the same */
		size_t behind; /* place among the ancestors; SIZE_MAX: none */
	} * list;              /* the first to be tried first */
	size_t count, room;
};

/*
 * Those of ancestors, the nearest first; and of commits that are known here or
 * may be ancestors that are not, the newest first. What fits comes before what
 * does not. Those with a mark are none.
 */
void candidates_find(struct candidates *candidates,
	const struct store_entries *entries, const struct git_history *history,
	const char *root, const char *print);
void candidates_release(struct candidates *candidates);

#endif
