/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks `go test` for: "go help test", "go help testflag"
 * and "go help build". Of flags that are not known here nobody can tell what
 * they do, or where the packages begin: such a line is none of ours.
 */
#ifndef FTRACE_RUNNERS_GO_COMMAND_H
#define FTRACE_RUNNERS_GO_COMMAND_H

#include <stdbool.h>

#include "base/words.h"

struct go_command {
	struct words start;    /* what stands before "test" */
	const char *directory; /* of its -C; NULL: none */
	struct words flags;    /* of the test, but for -C */
	struct words build;    /* of these, those that say what is built */
	struct words packages; /* as they were given; none: "." */
	struct words rest;     /* "-args" and what follows; or none */
	/* What decides what a package's tests do, in a word; "": nothing. */
	char *variant;
	bool counts; /* it says how often tests run, or that they do */
};

/* Whether argv runs tests by go. To be released in any case. */
bool go_command_read(struct go_command *command, char *const argv[]);
void go_command_release(struct go_command *command);

/* As struct adapter has them. */
char **go_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool go_command_is_part(char *const argv[]);

#endif
