/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks pytest for, in words that are the same for all
 * command lines that ask for the same.
 */
#ifndef FTRACE_RUNNERS_PYTEST_COMMAND_H
#define FTRACE_RUNNERS_PYTEST_COMMAND_H

#include <stdbool.h>

/* As struct adapter has them. */
char **pytest_asked(char *const argv[], const char *root, const char *directory,
	bool sibling);
const char *pytest_wrapped(char *const argv[]);
bool pytest_is_part(char *const argv[]);

#endif
