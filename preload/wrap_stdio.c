/* SPDX-License-Identifier: MIT */
/*
 * stdio opens files inside libc, where open's wrapper does not see it.
 */
#include "preload/libc.h"

#include <errno.h>
#include <stdbool.h>

#include "preload/observe.h"
#include "preload/real.h"
#include "preload/recorder.h"

/* Whether the path is there, where the mode can create it without truncating.
 */
static bool existed_before(const char *path, const char *mode)
{
	if (!path || !mode || !saw_open_asks(stdio_flags(mode)))
		return true;
	return saw_existing(AT_FDCWD, path);
}

#define STDIO_OPEN(name) \
	EXPORT FILE *name(const char *path, const char *mode) \
	{ \
		bool existed = existed_before(path, mode); \
		FILE *r = REAL(name)(path, mode); \
		int saved = errno; \
\
		if (path && mode) \
			saw_open(AT_FDCWD, path, stdio_flags(mode), existed, \
				r ? 0 : saved); \
		errno = saved; \
		return r; \
	}

STDIO_OPEN(fopen)
STDIO_OPEN(fopen64)

#define STDIO_REOPEN(name) \
	EXPORT FILE *name(const char *path, const char *mode, FILE *stream) \
	{ \
		bool existed = existed_before(path, mode); \
		FILE *r = REAL(name)(path, mode, stream); \
		int saved = errno; \
\
		if (path && mode) \
			saw_open(AT_FDCWD, path, stdio_flags(mode), existed, \
				r ? 0 : saved); \
		errno = saved; \
		return r; \
	}

STDIO_REOPEN(freopen)
STDIO_REOPEN(freopen64)
