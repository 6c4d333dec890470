/* SPDX-License-Identifier: MIT */
/*
 * Prints of what names places: with these taken out, it looks the same wherever
 * they are. What names none has the print that it has anyway.
 */
#ifndef FTRACE_MAP_PLACED_H
#define FTRACE_MAP_PLACED_H

#include "map/place.h"
#include "map/print.h"

/*
 * As print_take(), for a file with that path in the map. Only links and the
 * texts that are known to name places are treated so: a source of the project
 * that does so has no business to.
 */
struct print placed_take(const struct map_places *places, const char *stored,
	const char *path, enum aspect aspect, const char *block,
	size_t block_size, unsigned *hashed);

/* The same as print_of_text(). */
struct print placed_of_text(const struct map_places *places, const char *stored,
	enum aspect aspect, const void *bytes, size_t size, mode_t mode);

/* Whether a file may name places, by its path in the map. */
bool placed_may(const char *stored);

#endif
