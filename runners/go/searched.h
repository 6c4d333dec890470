/* SPDX-License-Identifier: MIT */
/*
 * The folders that go goes through where a pattern has "..." in it: a new one
 * among them may be a package. What else comes into them is met by what lies
 * there already.
 */
#ifndef FTRACE_RUNNERS_GO_SEARCHED_H
#define FTRACE_RUNNERS_GO_SEARCHED_H

#include <cjson/cJSON.h>

#include "runners/go/command.h"
#include "runners/tests.h"

/* As ids name a folder: as go takes it from the root. To be freed. */
char *searched_id(const char *root, const char *folder);

/* From what go listed, whose modules patterns without a place are for. */
void searched_find(struct runner_tests *tests, const struct go_command *command,
	const char *root, cJSON *const *packages, size_t count);

#endif
