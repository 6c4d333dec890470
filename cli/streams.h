/* SPDX-License-Identifier: MIT */
/*
 * Standard input, output and error while a command runs beside an answer.
 */
#ifndef FTRACE_CLI_STREAMS_H
#define FTRACE_CLI_STREAMS_H

#include <stdbool.h>

/*
 * The answer has standard output for itself, and a test that reads standard
 * input must not take what is ours: the command has none, and what it prints
 * is shown on standard error (`shown`), or not at all.
 */
void streams_lend(int saved[3], bool shown);
void streams_take_back(const int saved[3]);

/* Opens those that we were started without: no file is to take their place. */
void streams_fill(void);

#endif
