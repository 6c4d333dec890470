/* SPDX-License-Identifier: MIT */
/*
 * What another program prints, for who asks it something.
 */
#ifndef FTRACE_BASE_CAPTURE_H
#define FTRACE_BASE_CAPTURE_H

#include <stddef.h>

#include "base/err.h"

/*
 * Runs argv, found along PATH, in this process's directory and environment,
 * without input, and waits for it. What it says on stderr is dropped. Its
 * output, with a closing NUL, goes to *text, to be freed. 0 when it ended with
 * status 0; otherwise negative with err filled, and *text is NULL.
 */
int capture(char *const argv[], char **text, size_t *size, struct err *err);

#endif
