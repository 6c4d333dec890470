/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks unittest for, in words that are the same for all
 * command lines that ask for the same.
 */
#ifndef FTRACE_RUNNERS_UNITTEST_COMMAND_H
#define FTRACE_RUNNERS_UNITTEST_COMMAND_H

#include <stdbool.h>

/* As struct adapter has them. */
bool unittest_recognise(char *const argv[]);
char **unittest_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool unittest_is_part(char *const argv[]);

#endif
