/* SPDX-License-Identifier: MIT */
/*
 * Beginning with a map that somebody has published.
 */
#ifndef FTRACE_STORE_OBTAIN_H
#define FTRACE_STORE_OBTAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/words.h"
#include "store/store.h"

/* How many ancestors are asked for. */
#define OBTAIN_ANCESTORS 200

struct obtain {
	const char *root, *url;
	char *const *shared; /* what "share" names */
	size_t shared_count;
};

struct obtained {
	/* The project's map has units of its own and was left as it is. */
	bool kept;
	bool taken; /* neither: no package was to be had */
	bool ancestor;
	char *store; /* its URL */
	char *commit, *branch;
	char *difference; /* of the environments, for people; NULL: none */
	long distance;    /* commits of HEAD that it lacks; -1: unknown */
	size_t bytes, units;
	int64_t made;       /* seconds since the epoch */
	bool shallow;       /* git does not know all ancestors */
	struct words notes; /* for people: what was passed by, and why */
};

/* Negative with err filled. To be released in any case. */
int obtain_map(struct obtained *obtained, const struct obtain *obtain,
	struct err *err);
void obtained_release(struct obtained *obtained);

#endif
