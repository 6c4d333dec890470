/* SPDX-License-Identifier: MIT */
#include "preload/start.h"

#include <elf.h>
#include <string.h>

#include "preload/interpreter.h"
#include "preload/node.h"
#include "preload/objects.h"
#include "preload/own_calls.h"
#include "preload/patch.h"
#include "preload/recorder.h"

/* Of any libc; musl's is set when constructors run, glibc's perhaps not. */
extern char **environ __attribute__((weak));
extern const char *gnu_get_libc_version(void) __attribute__((weak));

const char *start_variable(const struct start *start, const char *name)
{
	size_t n = strlen(name);

	for (char *const *entry = start->environment; *entry; entry++)
		if (!strncmp(*entry, name, n) && (*entry)[n] == '=')
			return *entry + n + 1;
	return NULL;
}

static void read_auxv(struct start *start)
{
	char *const *end = start->environment;
	const ElfW(auxv_t) * entry;

	while (*end)
		end++;
	for (entry = (const void *)(end + 1); entry->a_type != AT_NULL;
		entry++) {
		if (entry->a_type == AT_EXECFN)
			start->executed = (const char *)entry->a_un.a_val;
		else if (entry->a_type == AT_PHDR)
			start->headers = (const void *)entry->a_un.a_val;
		else if (entry->a_type == AT_PHNUM)
			start->header_count = entry->a_un.a_val;
		else if (entry->a_type == AT_BASE)
			start->loader = entry->a_un.a_val;
		else if (entry->a_type == AT_PAGESZ)
			start->page_size = entry->a_un.a_val;
	}
}

/* What cannot be seen from inside is followed, or else lost. */
static void observe_all(const struct start *start)
{
	bool libc = patch_objects(start->page_size);
	bool others = own_calls_start(start);

	if ((libc && others) || recorder_follow(FOLLOW_NO_EXEC) == FOLLOWED)
		return;
	if (!libc)
		recorder_lost("its C library cannot be observed");
	if (!others)
		own_calls_lost();
}

/*
 * The library is linked to be initialised first (-z initfirst): what the
 * constructors of other libraries read is seen. glibc calls constructors with
 * main's arguments, musl with none.
 */
__attribute__((constructor)) static void construct(
	int count, char **arguments, char **environment)
{
	struct start start = {.environment = environment,
		.arguments = arguments,
		.glibc = gnu_get_libc_version != NULL};

	(void)count;
	if (!start.glibc) {
		start.environment = &environ ? environ : NULL;
		start.arguments = NULL;
	}
	if (!start.environment)
		return;
	read_auxv(&start);
	interpreter_prepare(&start);
	if (!recorder_start(&start))
		return;
	node_prepare(&start);
	objects_find(&start);
	recorder_hello(&start);
	observe_all(&start);
}
