/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks `meson test` for. Of options that are not known
 * here, or have other programs started for the tests, nobody can tell what they
 * do: such a line is none of ours.
 */
#ifndef FTRACE_RUNNERS_MESON_COMMAND_H
#define FTRACE_RUNNERS_MESON_COMMAND_H

#include <stdbool.h>

#include "base/words.h"

struct meson_command {
	struct words start;   /* up to the word "test" */
	struct words options; /* all, each with its value behind it */
	struct words asking;  /* of these, those that decide what runs, how */
	struct words names;   /* of tests, as they were given */
	char *directory;      /* of the build, as it was given; "." */
	bool filters;         /* it asks for some tests alone */
	bool builds;          /* it brings the build up to date first */
};

/* Whether argv runs tests by meson. To be released in any case. */
bool meson_command_read(struct meson_command *command, char *const argv[]);
void meson_command_release(struct meson_command *command);

/* As struct adapter has them. */
char **meson_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool meson_command_is_part(char *const argv[]);

#endif
