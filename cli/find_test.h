/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_CLI_FIND_TEST_H
#define FTRACE_CLI_FIND_TEST_H

#include "selector/named.h"

/*
 * The unit that an operand names, by its id or by the end of it alone; NULL
 * after a message, with the exit code.
 */
const struct query_unit *find_test(const struct query_units *units,
	const char *root, const char *text, int *code);

/* What is wrong with an operand that names none or several; the exit code. */
int find_test_failed(
	const struct named *named, const char *what, const char *text);

#endif
