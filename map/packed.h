/* SPDX-License-Identifier: MIT */
/*
 * Lists of numbers as a BLOB: seven bits a byte, the lowest first; the high
 * bit says that more follow. For the files of this folder only.
 */
#ifndef FTRACE_MAP_PACKED_H
#define FTRACE_MAP_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list that is being put together; of zeroes to begin with. */
struct packed {
	unsigned char *bytes; /* owned */
	size_t size, room;
};

void packed_add(struct packed *packed, uint64_t number);
void packed_release(struct packed *packed);

/* A list that is being taken apart. */
struct packed_reader {
	const unsigned char *at, *end;
};

struct packed_reader packed_reader_of(const void *bytes, int size);

/* The next number; false when there is no whole one. */
bool packed_next(struct packed_reader *reader, uint64_t *number);

#endif
