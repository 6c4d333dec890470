/* SPDX-License-Identifier: MIT */
/*
 * The packages that a command tests, with what their tests are built of, as
 * `go list -test -deps` tells it: whether or not anything has to be built.
 */
#ifndef FTRACE_RUNNERS_GO_LIST_H
#define FTRACE_RUNNERS_GO_LIST_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "runners/go/command.h"
#include "runners/tests.h"

/* As struct adapter has it. */
int go_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);

/* What go says of a command that names no test: the words, NULL-terminated. */
char **go_list_words(const struct go_command *command,
	const char *const *asking, const char *const *packages);

/* The next of the objects that go prints one behind the other; or NULL. */
cJSON *go_list_next(const char **at);

#endif
