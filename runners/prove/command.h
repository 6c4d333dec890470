/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks prove for: prove(1). Of options that are not known
 * here, or load code into prove, nobody can tell what they do: such a line is
 * none of ours.
 */
#ifndef FTRACE_RUNNERS_PROVE_COMMAND_H
#define FTRACE_RUNNERS_PROVE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words.h"

struct prove_command {
	size_t at;           /* the word that is prove */
	struct words asking; /* the options that decide which tests run, how */
	struct words places; /* files and folders, as they were given */
	/* What decides what a file's tests do, in a word; "": nothing. */
	char *variant;
	bool chooses; /* by what became of tests before */
};

/* Whether argv runs tests by prove. To be released in any case. */
bool prove_command_read(struct prove_command *command, char *const argv[]);
void prove_command_release(struct prove_command *command);

/* As struct adapter has them. */
char **prove_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool prove_command_is_part(char *const argv[]);

#endif
