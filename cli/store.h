/* SPDX-License-Identifier: MIT */
/*
 * What the verbs about stores share.
 */
#ifndef FTRACE_CLI_STORE_H
#define FTRACE_CLI_STORE_H

#include <stddef.h>

#include "config/config.h"
#include "map/escapes.h"

/* The project, what ftrace.json says, and the store that is meant. */
struct store_asking {
	char *root;
	struct config config;
	const char *url;
};

/*
 * given: the URL of an option, or NULL: then FTRACE_STORE counts, and then
 * ftrace.json. 0, or the exit code after a message. To be released in any
 * case.
 */
int store_asking_init(struct store_asking *asking, const char *given);
void store_asking_release(struct store_asking *asking);

/*
 * Tests have escaped: where the project's map was begun with a package, that
 * one is marked in its store, so that nobody takes it any more. A failure is
 * told, and changes nothing.
 */
void store_blame(const char *root, const struct escapes *found);

/* "120 kB"; in a static buffer. */
const char *store_size_text(size_t bytes);

#endif
