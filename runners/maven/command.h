/* SPDX-License-Identifier: MIT */
/*
 * What a command line asks `mvn test` for: mvn(1). Of options and goals that
 * are not known here nobody can tell what they do: such a line is none of ours.
 */
#ifndef FTRACE_RUNNERS_MAVEN_COMMAND_H
#define FTRACE_RUNNERS_MAVEN_COMMAND_H

#include <stdbool.h>

#include "base/words.h"

struct maven_command {
	struct words words; /* all but what chooses tests */
	struct words asked; /* of these, what decides which tests there are */
	char *file;         /* the pom.xml, or its folder */
	bool chosen;        /* some tests, or modules, alone */
};

/* Whether argv runs tests by maven. To be released in any case. */
bool maven_command_read(struct maven_command *command, char *const argv[]);
void maven_command_release(struct maven_command *command);

/* As struct adapter has them. */
char **maven_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling);
bool maven_command_is_part(char *const argv[]);

#endif
