/* SPDX-License-Identifier: MIT */
/*
 * Names, and which of something have each: several may.
 */
#ifndef FTRACE_RUNNERS_JAVA_INDEX_H
#define FTRACE_RUNNERS_JAVA_INDEX_H

#include <stddef.h>

#include "base/intern.h"

struct java_places {
	size_t *list;
	size_t count, room;
};

/* An index of zeroes is empty and ready. */
struct java_index {
	struct interner names;
	struct java_places *places; /* by the number of the name */
	size_t count, room;
};

void java_index_add(
	struct java_index *index, const char *name, size_t size, size_t place);
/* NULL: nothing is called so. */
const struct java_places *java_index_find(
	const struct java_index *index, const char *name, size_t size);
void java_index_release(struct java_index *index);

#endif
