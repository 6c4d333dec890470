/* SPDX-License-Identifier: MIT */
#include "map/packed.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define NUMBER_MOST 10 /* bytes of a number of 64 bits */

void packed_add(struct packed *packed, uint64_t number)
{
	if (packed->size + NUMBER_MOST > packed->room) {
		packed->room = packed->room * 2 + 64;
		packed->bytes = xreallocarray(packed->bytes, packed->room, 1);
	}
	for (; number >= 0x80; number >>= 7)
		packed->bytes[packed->size++] = (unsigned char)(number | 0x80);
	packed->bytes[packed->size++] = (unsigned char)number;
}

void packed_release(struct packed *packed)
{
	free(packed->bytes);
	memset(packed, 0, sizeof(*packed));
}

struct packed_reader packed_reader_of(const void *bytes, int size)
{
	const unsigned char *at = bytes;

	return (struct packed_reader){at, at ? at + size : at};
}

bool packed_next(struct packed_reader *reader, uint64_t *number)
{
	unsigned shift = 0;

	*number = 0;
	while (reader->at < reader->end && shift < 64) {
		unsigned char byte = *reader->at++;

		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
		shift += 7;
	}
	return false;
}
