/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks ctest for: cmake's manual, ctest(1). Of options that
 * are not known here nobody can tell what they do: such a line is none of ours.
 */
#ifndef FTRACE_RUNNERS_CTEST_COMMAND_H
#define FTRACE_RUNNERS_CTEST_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct ctest_command {
	size_t at;             /* the word that is ctest */
	const char *directory; /* of the build, as it was given; "." */
	const char *config;    /* which configuration of the build; or NULL */
	const char *junit; /* where it is to write how they ended; or NULL */
	bool filters;      /* it asks for some tests alone */
};

/* Whether argv runs tests by ctest. */
bool ctest_command_read(struct ctest_command *command, char *const argv[]);

/* As struct adapter has them. */
char **ctest_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool ctest_command_is_part(char *const argv[]);

#endif
