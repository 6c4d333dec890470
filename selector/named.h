/* SPDX-License-Identifier: MIT */
/*
 * The unit that people mean by a text.
 */
#ifndef FTRACE_SELECTOR_NAMED_H
#define FTRACE_SELECTOR_NAMED_H

#include "map/query.h"

/* Names that are suggested for one that nothing has. */
#define NAMED_NEAR 3

struct named {
	/* Those that the text names; nearest first, where it names none. */
	const struct query_unit **list;
	size_t count, room;
	bool near; /* it names none */
};

/*
 * A whole name: an id, from the root or from the current directory, or
 * RUNNER/ID, or what the runner takes for it. With `brief` also the end of an
 * id, from a "::" or a "/" on, with or without the "[...]" of a case. The first
 * of these that any unit has counts. To be released in any case.
 */
void named_find(struct named *named, const struct query_units *units,
	const char *root, const char *text, bool brief);
void named_release(struct named *named);

/* The unit, where the text names exactly one. */
const struct query_unit *named_one(const struct named *named);

#endif
