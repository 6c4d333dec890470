/* SPDX-License-Identifier: MIT */
/*
 * What glibc's loader looked up before it found the objects that a program
 * started with, worked out from what it found: breadth first through what the
 * objects need, each in DT_RPATH, LD_LIBRARY_PATH and DT_RUNPATH, up to its
 * cache. ld.so(8) and elf/dl-load.c of glibc tell the rules.
 */
#ifndef FTRACE_FOLD_LOADER_SEARCH_H
#define FTRACE_FOLD_LOADER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fold/loader_machine.h"
#include "wire/kind.h"

#define LOADER_FILE_NONE UINT32_MAX

/* An object that was mapped. */
struct loader_object {
	const char *path;  /* absolute */
	const char *words; /* RECORD_OBJECT's */
	size_t words_size;
	uint32_t file; /* as loader_look numbers files */
};

/* What is at a path, links followed. */
struct loader_sight {
	uint32_t path; /* a number for the path as it was looked up */
	uint32_t file; /* a number for what it leads to, even if not there */
	enum { SIGHT_ABSENT, SIGHT_DIRECTORY, SIGHT_FILE } what;
};

typedef struct loader_sight loader_look(void *context, const char *path);

struct loader_start {
	const struct loader_machine *machine;
	const char *search;                  /* LD_LIBRARY_PATH, or "" */
	const char *directory;               /* the working one; "": unknown */
	const struct loader_object *objects; /* the program first */
	size_t count;
	loader_look *look;
	void *context;
};

struct loader_lookup {
	uint32_t path; /* sight's */
	enum access_kind kind;
};

/* The lookups in their order, to be freed. */
struct loader_lookup *loader_search(
	const struct loader_start *start, size_t *count);

/*
 * The text with $ORIGIN, $LIB and $PLATFORM put in; false when one of them is
 * unknown, or there is no room: such a directory is not searched.
 */
bool loader_expand(const struct loader_machine *machine, const char *origin,
	const char *text, char *buffer, size_t size);

#endif
