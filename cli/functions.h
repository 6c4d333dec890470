/* SPDX-License-Identifier: MIT */
/*
 * Changed functions, as `changed` and `affected` print them.
 */
#ifndef FTRACE_CLI_FUNCTIONS_H
#define FTRACE_CLI_FUNCTIONS_H

#include <cjson/cJSON.h>

#include "cli/option.h"
#include "map/project.h"
#include "selector/functions.h"

/* "path:line: name", to be freed. */
char *function_text(const struct project_here *here,
	const struct changed_function *function);

/* A line on stderr for each file of which nobody knows. */
void note_unknown(
	const struct project_here *here, const struct functions *functions);

/* Adds "functions" and "unknown". */
void json_add_functions(
	cJSON *json, const struct functions *functions, bool all);

/* What `affected` was asked about functions. */
struct untested {
	bool list;            /* print those that are not reached */
	const char *since;    /* a revision of git, or NULL */
	const char *required; /* a percentage, or NULL */
	bool zero, quiet, exit_code;
};

/* Answers; returns the exit code. Ends the process on a wrong percentage. */
int functions_answer(const struct verb *verb, const struct untested *asked);

#endif
