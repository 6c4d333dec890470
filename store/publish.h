/* SPDX-License-Identifier: MIT */
/*
 * Publishing the project's map, and taking back what was published.
 */
#ifndef FTRACE_STORE_PUBLISH_H
#define FTRACE_STORE_PUBLISH_H

#include <errno.h>
#include <stddef.h>

#include "base/err.h"
#include "store/store.h"

/* The map has no test or command; there is nothing to publish. */
#define PUBLISH_EMPTY (-ENODATA)

struct publish {
	const char *root, *url;
	char *const *shared; /* what "share" names */
	size_t shared_count;
	size_t keep; /* packages; 0: as the kind of store does */
};

struct published {
	char name[STORE_NAME_SIZE];
	char *store; /* its URL */
	size_t bytes, units;
	size_t dropped; /* older packages */
	size_t left;    /* files of "share" that were not taken */
};

/* Negative with err filled. To be released in any case. */
int publish_map(struct published *published, const struct publish *publish,
	struct err *err);
void published_release(struct published *published);

/* Removes the packages of HEAD and its ancestors; *removed of them. */
int publish_clear(
	size_t *removed, const struct publish *publish, struct err *err);

/*
 * Says in the store that the package which the project's map was begun with is
 * not to be taken any more, and why. Nothing is done where there is none.
 * *marked: its name, to be freed; or NULL.
 */
int publish_mark(char **marked, const struct publish *publish, const char *why,
	struct err *err);

#endif
