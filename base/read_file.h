/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_BASE_READ_FILE_H
#define FTRACE_BASE_READ_FILE_H

#include <stddef.h>

/*
 * All bytes of a file, and a NUL behind them that does not count; to be freed.
 * NULL: see errno, which is EFBIG for one of `most` bytes or more; 0: it may be
 * of any size.
 */
char *read_file(const char *path, size_t most, size_t *size);

#endif
