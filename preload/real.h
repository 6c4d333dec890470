/* SPDX-License-Identifier: MIT */
/*
 * The functions that the wrappers stand in front of, found with dlsym when
 * the library starts and, before that, on first use.
 */
#ifndef FTRACE_PRELOAD_REAL_H
#define FTRACE_PRELOAD_REAL_H

enum real_name {
#define CALL(type, name, parameters, arguments, failed, effect) REAL_##name,
#define OPEN(name, parameters, arguments, dirfd) REAL_##name,
#define BY_HAND(name, what) REAL_##name,
#include "preload/catalogue.def"
#undef CALL
#undef OPEN
#undef BY_HAND
	REAL_COUNT
};

/* Never NULL: where libc has no such function, one that fails with ENOSYS. */
void *real_function(enum real_name name);

/* The real function `name`, as a function of this library's type of it. */
#define REAL(name) ((__typeof__(&name))real_function(REAL_##name))

#endif
