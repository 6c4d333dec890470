/* SPDX-License-Identifier: MIT */
/*
 * What glibc's loader makes of this machine: the subdirectories that it looks
 * into first, and what the tokens of a search path stand for. ld.so(8).
 */
#ifndef FTRACE_FOLD_LOADER_MACHINE_H
#define FTRACE_FOLD_LOADER_MACHINE_H

#include <stddef.h>

struct loader_machine {
	/* In the order of the search: "tls/x86_64/", .., and "" at the end. */
	char **folders;
	size_t count, room;
	char *system; /* its directories, with colons between; NULL: unknown */
	char *platform; /* $PLATFORM; NULL: unknown */
	char *lib;      /* $LIB; NULL: unknown */
};

/*
 * Asks the loader itself, as `--help` tells it since glibc 2.33. What cannot
 * be had is left out.
 */
void loader_machine_ask(struct loader_machine *machine);

/* As above, from the text that `--help` prints. */
void loader_machine_parse(struct loader_machine *machine, const char *help);

void loader_machine_release(struct loader_machine *machine);

#endif
