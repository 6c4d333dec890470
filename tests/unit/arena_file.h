/* SPDX-License-Identifier: MIT */
/*
 * An arena without a session: a sparse file with a header.
 */
#ifndef FTRACE_TESTS_UNIT_ARENA_FILE_H
#define FTRACE_TESTS_UNIT_ARENA_FILE_H

#include "wire/arena.h"

/*
 * Makes the file at path with `chunks` of them ready and attaches it. Ends
 * the process on failure. The arena is closed: nobody waits for more.
 */
void arena_file_make(struct arena *arena, const char *path, uint64_t chunks);

/* A claim as the interposer makes it: of a new image. */
struct arena_chunk *arena_file_claim(struct arena *arena, uint32_t count);

/* Appends a record, committed; false when it does not fit the claim. */
bool arena_file_append(struct arena *arena, struct arena_chunk *chunk,
	enum record_type type, uint32_t number, const char *text);

void arena_file_unmap(struct arena *arena);

#endif
