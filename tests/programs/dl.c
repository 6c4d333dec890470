/* SPDX-License-Identifier: MIT */
/*
 * Loading libraries while the program runs.
 */
#include "tests/programs/libc.h"

#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "tests/programs/ways.h"

static int loads(void *library)
{
	int (*plugin)(void);

	MUST(library != NULL);
	plugin = (int (*)(void))dlsym(library, "plugin");
	MUST(plugin && plugin() == 42);
	return 0;
}

static int misses(void *library)
{
	MUST(!library && dlerror() != NULL);
	return 0;
}

#define LOAD(name, call) \
	static int name(void) \
	{ \
		return loads(call); \
	}
#define MISS(name, call) \
	static int name(void) \
	{ \
		return misses(call); \
	}

LOAD(load_relative, dlopen("./plugin.so", RTLD_NOW))
LOAD(load_lazy, dlopen("dir/../plugin.so", RTLD_LAZY | RTLD_GLOBAL))
LOAD(load_apart, dlmopen(LM_ID_NEWLM, "./plugin.so", RTLD_NOW))
MISS(load_missing, dlopen("./missing.so", RTLD_NOW))
MISS(load_searched, dlopen("missing-library.so", RTLD_NOW))
MISS(load_text, dlopen("./a.txt", RTLD_NOW))
MISS(load_there, dlopen("./plugin.so", RTLD_NOW | RTLD_NOLOAD))

static int load_absolute(void)
{
	return loads(dlopen(realpath("plugin.so", NULL), RTLD_NOW));
}

/* A namespace of its own has a C library of its own: who observes that? */
static int load_and_read_apart(void)
{
	void *libc = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
	int (*other_open)(const char *, int, ...);

	MUST(libc != NULL);
	other_open = (int (*)(const char *, int, ...))dlsym(libc, "open");
	MUST(other_open != NULL);
	return ways_show(other_open("a.txt", O_RDONLY));
}

const struct way dl_ways[] = {
	WAY(load_relative, "read plugin.so"),
	WAY(load_lazy, "read plugin.so"),
	/* Whether the plugin needs a libc of its own is the linker's choice. */
	WAY(load_apart, "read plugin.so, perhaps incomplete"),
	WAY(load_absolute, "stat plugin.so, read plugin.so"),
	WAY(load_missing, "absent missing.so"),
	WAY(load_searched, "absent /*/missing-library.so"),
	WAY(load_text, "read a.txt"),
	WAY(load_there, "read plugin.so"),
	WAY(load_and_read_apart, "incomplete"),
	{0},
};
