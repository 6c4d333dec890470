/* SPDX-License-Identifier: MIT */
/*
 * dlopen, and the exits that run no destructor.
 *
 * dlopen looks its caller up by the return address: for RUNPATH, $ORIGIN and
 * the namespace. So the real one has to be jumped to, never called, and what
 * it loaded is recorded later (preload/objects.h). The jump is a sibling call,
 * which compilers make only when they optimise: hence the pragma, and a
 * program in tests/programs that would not find its library without it.
 */
#include "preload/libc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "preload/objects.h"
#include "preload/observe.h"
#include "preload/real.h"
#include "preload/recorder.h"
#include "wire/raw.h"

#if defined(__clang__)
#define JUMP_TO __attribute__((musttail)) return
#else
#define JUMP_TO return
#pragma GCC optimize("O2")
#endif

/* A file asked for by path is recorded at once: a kill may come before. */
static void expect(const char *file)
{
	int saved = errno;
	int found;

	if (file && strchr(file, '/')) {
		found = raw_faccessat(AT_FDCWD, file, R_OK);
		saw(AT_FDCWD, file, ACCESS_READ, 0, found < 0 ? -found : 0);
	}
	if (file)
		objects_expect();
	errno = saved;
}

EXPORT void *dlopen(const char *file, int mode)
{
	expect(file);
	JUMP_TO REAL(dlopen)(file, mode);
}

EXPORT void _exit(int status)
{
	recorder_exit(status);
	REAL(_exit)(status);
	__builtin_unreachable();
}

EXPORT void _Exit(int status)
{
	recorder_exit(status);
	REAL(_Exit)(status);
	__builtin_unreachable();
}
