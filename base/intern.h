/* SPDX-License-Identifier: MIT */
/*
 * Byte strings to dense numbers: 0 for the first string seen, 1 for the
 * second. The strings are copied, NUL-terminated for convenience, and stay
 * where they are until interner_release().
 */
#ifndef FTRACE_BASE_INTERN_H
#define FTRACE_BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#define INTERN_NONE UINT32_MAX

struct interner {
	struct interned {
		const char *bytes;
		size_t size;
		uint64_t hash;
	} * entries;
	size_t count, room;
	uint32_t *slots;
	size_t slot_count;
	char **blocks; /* the strings' memory */
	size_t block_count, block_room, block_left;
};

/* An interner of zeroes is empty and ready. */
void interner_release(struct interner *interner);

uint32_t intern(struct interner *interner, const void *bytes, size_t size);

/* The number of a string, or INTERN_NONE when it was never interned. */
uint32_t intern_find(
	const struct interner *interner, const void *bytes, size_t size);

#endif
