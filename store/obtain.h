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
#include "map/merge.h"
#include "store/store.h"

/* How many ancestors are asked for. */
#define OBTAIN_ANCESTORS 200

struct obtain {
	const char *root, *url;
	char *const *shared; /* what "share" names */
	size_t shared_count;
	struct map_keep keep; /* of former results */
};

struct obtained {
	/* The project's map has this package's results already. */
	bool kept;
	bool taken; /* neither: no package was to be had */
	/* It was added to the map that was there. */
	bool merged;
	struct map_merged more; /* what that has brought */
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
