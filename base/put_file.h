/* SPDX-License-Identifier: MIT */
/*
 * A file that is written as a whole: readers see the one before or the new
 * one, and never half of it. What is no regular file (a pipe, a terminal) is
 * written to as it is.
 */
#ifndef FTRACE_BASE_PUT_FILE_H
#define FTRACE_BASE_PUT_FILE_H

#include <stddef.h>

#include "base/err.h"

/*
 * Whether it can be written, as far as can be told. Leaves nothing behind: a
 * test may be about to list the directory.
 */
int put_file_check(const char *path, struct err *err);
int put_file(const char *path, const char *text, struct err *err);
/* Any bytes, whatever is in them. */
int put_file_bytes(
	const char *path, const char *bytes, size_t size, struct err *err);

#endif
