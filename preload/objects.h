/* SPDX-License-Identifier: MIT */
/*
 * The objects that the dynamic loader mapped before this library could see
 * it open them, read off the loader's own list (struct r_debug, link.h).
 */
#ifndef FTRACE_PRELOAD_OBJECTS_H
#define FTRACE_PRELOAD_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preload/start.h"

/* Finds the loader's list; without one there are no objects. */
void objects_find(const struct start *start);

/*
 * Records all of them as read, in the scope in force; the first is the
 * program, or NULL. Where the loader had directories of its own to search, also
 * what it needs to be known to tell which lookups failed (RECORD_SEARCH).
 */
void objects_record(const struct start *start, const char *program);

/*
 * The name of an object on the list by its place, and its load address; NULL:
 * there are no more. The program's own name is empty.
 */
const char *objects_at(size_t place, uintptr_t *base);

/* An object that enters the kernel for others: a C library, a loader. */
struct library {
	uintptr_t base;      /* the load address */
	const uint8_t *text; /* its code */
	uintptr_t size;
	const uint8_t *build_id; /* NULL: none */
	uint32_t build_id_size;
	bool core;   /* the C library itself */
	bool loader; /* the dynamic loader */
};

/* Whether a file of that path is a C library. */
bool objects_is_core(const char *path);

/* Whether it is one that objects_libraries() has if it is loaded at start. */
bool objects_is_library(const char *path);

/* Calls visit for each; false when one did, or there is no C library. */
bool objects_libraries(bool (*visit)(const struct library *library));

#endif
