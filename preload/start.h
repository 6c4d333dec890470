/* SPDX-License-Identifier: MIT */
/*
 * What the kernel gave the program: its environment and auxiliary vector,
 * read without libc, which is not ready yet when this library starts.
 */
#ifndef FTRACE_PRELOAD_START_H
#define FTRACE_PRELOAD_START_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct start {
	char *const *environment;
	char *const *arguments;     /* or NULL */
	const char *executed;       /* AT_EXECFN, or NULL */
	const ElfW(Phdr) * headers; /* of the program */
	size_t header_count;
	size_t page_size;
	uintptr_t loader; /* where the kernel put it; 0: it was executed */
	bool glibc;       /* the C library, and so the loader, is glibc's */
};

/* The value of a variable, or NULL. */
const char *start_variable(const struct start *start, const char *name);

#endif
