/* SPDX-License-Identifier: MIT */
/*
 * The environment's fingerprint: what a map was recorded with, by which a
 * package is preferred to another. A map that was recorded with something else
 * is no less true, but more of it is affected.
 */
#ifndef FTRACE_STORE_FINGERPRINT_H
#define FTRACE_STORE_FINGERPRINT_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/err.h"

/* Characters of a print, and a NUL. */
#define FINGERPRINT_SIZE 17

struct fingerprint {
	struct fingerprint_part {
		char *name, *value;
	} * parts; /* in an order that is always the same */
	size_t count, room;
	char print[FINGERPRINT_SIZE]; /* of all of them */
};

/*
 * root: of the project; below: from the top of its work tree. The interpreter
 * is that of the project's map, where it has one.
 */
void fingerprint_take(
	struct fingerprint *fingerprint, const char *root, const char *below);

/* {"print": ..., "NAME": VALUE, ...} */
cJSON *fingerprint_json(const struct fingerprint *fingerprint);

/*
 * From such JSON, whoever wrote it; its print is worked out anew. Negative: it
 * is none.
 */
int fingerprint_parse(struct fingerprint *fingerprint, const cJSON *json);

/*
 * Where they differ, for people, such as "libc: glibc 2.36 here, glibc 2.41
 * there"; to be freed, NULL: nowhere.
 */
char *fingerprint_difference(
	const struct fingerprint *here, const struct fingerprint *there);
void fingerprint_release(struct fingerprint *fingerprint);

#endif
