/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_CLI_HELP_H
#define FTRACE_CLI_HELP_H

#include "cli/option.h"

/* The list of verbs. */
void help_print(void);

/* Ends with what is wrong about an operand too many, and a hint. */
_Noreturn void help_unexpected(const struct verb *verb, char *const *argv);

/* The verb of that name; or NULL, after a message that suggests another. */
const struct verb *help_find_verb(const char *name);

#endif
