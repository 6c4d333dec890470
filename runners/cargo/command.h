/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks `cargo test` for: cargo-test(1). Of options that are
 * not known here nobody can tell what they do: such a line is none of ours.
 */
#ifndef FTRACE_RUNNERS_CARGO_COMMAND_H
#define FTRACE_RUNNERS_CARGO_COMMAND_H

#include <stdbool.h>

#include "base/words.h"

/* What cargo ends with, whatever failed. */
#define CARGO_FAILED 101

struct cargo_command {
	struct words start;   /* what stands before "test" */
	struct words flags;   /* of the test: all but what is only shown */
	struct words project; /* of these, those that say what there is */
	struct words chosen;  /* which packages and targets; part of flags */
	/* What decides what a program's tests do, in a word; "": nothing. */
	char *variant;
};

/* Whether argv runs tests by cargo. To be released in any case. */
bool cargo_command_read(struct cargo_command *command, char *const argv[]);
void cargo_command_release(struct cargo_command *command);

/* As struct adapter has them. */
char **cargo_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool cargo_command_is_part(char *const argv[]);

#endif
