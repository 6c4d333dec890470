/* SPDX-License-Identifier: MIT */
/*
 * The programs of tests that a workspace can have, as `cargo metadata` tells:
 * nothing is built for that. Which of them a command has is known afterwards.
 */
#ifndef FTRACE_RUNNERS_CARGO_LIST_H
#define FTRACE_RUNNERS_CARGO_LIST_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "runners/cargo/command.h"
#include "runners/tests.h"

/* As struct adapter has it. */
int cargo_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err);

/* What cargo says of the workspace; to be deleted. NULL with err filled. */
cJSON *cargo_list_metadata(
	const struct cargo_command *command, struct err *err);

/* Whether a target is a library, of whatever kind. */
bool cargo_list_is_library(const cJSON *target);

#endif
