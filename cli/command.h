/* SPDX-License-Identifier: MIT */
/*
 * Commands that are not typed: those of ftrace.json, and those that have run.
 */
#ifndef FTRACE_CLI_COMMAND_H
#define FTRACE_CLI_COMMAND_H

#include "config/config.h"
#include "runners/adapter.h"

/*
 * What a command of ftrace.json is made of, and its runner, NULL where it is
 * one unit. To be freed by command_free().
 */
char **command_configured(
	const struct adapter **adapter, const struct config_check *config);

/* The same of its "test"; NULL: it names none. */
char **command_of_test(
	const struct adapter **adapter, const struct config *config);

/*
 * What `ftrace test` runs when nothing is typed: the "test" of ftrace.json, or
 * the last command that ran as a whole and asked for no part of its tests.
 * Goes to where it runs. 0, or the exit code after a message. To be freed by
 * command_free() in any case.
 */
int command_usual(char ***words, const struct adapter **adapter,
	const char *root, bool quiet);

void command_free(char **words);

#endif
