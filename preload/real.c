/* SPDX-License-Identifier: MIT */
#include "preload/real.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

static const char *const names[REAL_COUNT] = {
#define CALL(type, name, parameters, arguments, failed, effect) #name,
#define OPEN(name, parameters, arguments, dirfd) #name,
#define BY_HAND(name, what) #name,
#include "preload/catalogue.def"
#undef CALL
#undef OPEN
#undef BY_HAND
};

/*
 * Entry points that newer versions of glibc keep only for old programs have
 * no default version, and dlsym alone does not find them.
 */
#if defined(__x86_64__)
#define OLDEST_VERSION "GLIBC_2.2.5"
#define OLD_VERSION "GLIBC_2.4"
#else
#define OLDEST_VERSION "GLIBC_2.17"
#define OLD_VERSION "GLIBC_2.17"
#endif

static _Atomic(void *) functions[REAL_COUNT];

static long missing(void)
{
	errno = ENOSYS;
	return -1;
}

static void *find(enum real_name name)
{
	void *found = dlsym(RTLD_NEXT, names[name]);

	if (!found)
		found = dlvsym(RTLD_NEXT, names[name], OLDEST_VERSION);
	if (!found)
		found = dlvsym(RTLD_NEXT, names[name], OLD_VERSION);
	if (!found)
		found = (void *)missing;
	atomic_store_explicit(&functions[name], found, memory_order_release);
	return found;
}

void *real_function(enum real_name name)
{
	void *found =
		atomic_load_explicit(&functions[name], memory_order_acquire);

	return found ? found : find(name);
}

/*
 * All of them at the start: later may be inside a signal handler or a vfork
 * child, where dlsym is not allowed. 101: before the constructors of the
 * objects that were loaded after us.
 */
__attribute__((constructor(101))) static void find_all(void)
{
	for (int i = 0; i < REAL_COUNT; i++)
		find((enum real_name)i);
}
