/* SPDX-License-Identifier: MIT */
/*
 * The wrappers that preload/catalogue.def describes in a line each.
 */
#include "preload/libc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

#include "preload/observe.h"
#include "preload/real.h"
#include "preload/recorder.h"
#include "preload/scope.h"
#include "wire/raw.h"

#define UNPACK(...) __VA_ARGS__

#define CALL(type, name, parameters, arguments, failed, effect) \
	EXPORT type name parameters \
	{ \
		type r = REAL(name) arguments; \
		int saved = errno; \
		int error = (failed) ? saved : 0; \
\
		effect; \
		errno = saved; \
		return r; \
	}

/*
 * A mode is passed only with O_CREAT or O_TMPFILE; without, reading it would
 * read whatever lies there.
 */
#define OPEN(name, parameters, arguments, dirfd) \
	EXPORT int name parameters \
	{ \
		mode_t mode = 0; \
		bool existed = true; \
		va_list rest; \
		int r, saved; \
\
		if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { \
			va_start(rest, flags); \
			mode = va_arg(rest, mode_t); \
			va_end(rest); \
			if (saw_open_asks(flags)) \
				existed = saw_existing(dirfd, path); \
		} \
		r = REAL(name) arguments; \
		saved = errno; \
		saw_open(dirfd, path, flags, existed, r < 0 ? saved : 0); \
		errno = saved; \
		return r; \
	}

#define BY_HAND(name, what)

#include "preload/catalogue.def"

/*
 * Marks come this way, so the path is looked at before the kernel has said
 * that it can be; only addresses that can hold a string are.
 */
EXPORT int access(const char *path, int mode)
{
	int r, saved = errno;

	if ((uintptr_t)path >= 4096 && (uintptr_t)path >> 56 == 0 &&
		path[0] == '/' && path[1] == '@' && scope_mark(path)) {
		errno = ENOENT;
		return -1;
	}
	errno = saved;
	r = REAL(access)(path, mode);
	saved = errno;
	saw(AT_FDCWD, path, ACCESS_STAT, 0, r < 0 ? saved : 0);
	errno = saved;
	return r;
}

/*
 * Afterwards a relative path would start from the new directory, so this is
 * recorded first, with what the kernel says of the path now.
 */
EXPORT int chdir(const char *path)
{
	int saved = errno;

	if (recorder_on())
		saw(AT_FDCWD, path, ACCESS_STAT, 0,
			-raw_faccessat(AT_FDCWD, path, F_OK));
	errno = saved;
	return REAL(chdir)(path);
}
