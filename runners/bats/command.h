/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks bats for: bats(1). Of options that are not known
 * here nobody can tell what they do, and of those that choose tests by how they
 * ended before nobody could tell what is recorded: such a line is none of ours.
 */
#ifndef FTRACE_RUNNERS_BATS_COMMAND_H
#define FTRACE_RUNNERS_BATS_COMMAND_H

#include <stdbool.h>

#include "base/words.h"

struct bats_command {
	struct words start;   /* up to the word that is bats */
	struct words options; /* all, each with its value behind it */
	struct words asking;  /* of these, those that decide what runs, how */
	struct words places;  /* files and folders, as they were given */
	/* What decides which of a file's tests run, in a word; "": nothing. */
	char *variant;
	bool recurses;
	bool has_setup; /* it says which file sets up the suite */
};

/* Whether argv runs tests by bats. To be released in any case. */
bool bats_command_read(struct bats_command *command, char *const argv[]);
void bats_command_release(struct bats_command *command);

/* As struct adapter has them. */
char **bats_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool bats_command_is_part(char *const argv[]);

#endif
