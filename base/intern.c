/* SPDX-License-Identifier: MIT */
#include "base/intern.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/alloc.h"

#define BLOCK_BYTES (64u << 10)

void interner_release(struct interner *interner)
{
	for (size_t i = 0; i < interner->block_count; i++)
		free(interner->blocks[i]);
	free(interner->blocks);
	free(interner->slots);
	free(interner->entries);
	memset(interner, 0, sizeof(*interner));
}

static const char *intern_keep(
	struct interner *interner, const void *bytes, size_t n)
{
	size_t need = n + 1;
	char *at;

	if (need > interner->block_left) {
		size_t size = need > BLOCK_BYTES ? need : BLOCK_BYTES;
		char **block =
			array_add(&interner->blocks, &interner->block_count,
				&interner->block_room, sizeof(*block));

		*block = xcalloc(1, size);
		interner->block_left = size;
	}
	/* A block is filled from its end: only what is left is remembered. */
	interner->block_left -= need;
	at = interner->blocks[interner->block_count - 1] + interner->block_left;
	memcpy(at, bytes, n);
	at[n] = '\0';
	return at;
}

/* The slot that holds the string, or the empty one where it belongs. */
static uint32_t *intern_slot_of(const struct interner *interner,
	const void *bytes, size_t size, uint64_t hash)
{
	size_t mask = interner->slot_count - 1;
	size_t i = hash & mask;

	while (interner->slots[i] != INTERN_NONE) {
		const struct interned *entry =
			&interner->entries[interner->slots[i]];

		if (entry->hash == hash && entry->size == size &&
			!memcmp(entry->bytes, bytes, size))
			break;
		i = (i + 1) & mask;
	}
	return &interner->slots[i];
}

static void intern_grow(struct interner *interner)
{
	size_t count = interner->slot_count ? interner->slot_count * 2 : 64;

	free(interner->slots);
	interner->slots = xcalloc(count, sizeof(*interner->slots));
	memset(interner->slots, 0xff, count * sizeof(*interner->slots));
	interner->slot_count = count;
	for (size_t i = 0; i < interner->count; i++) {
		const struct interned *entry = &interner->entries[i];

		*intern_slot_of(interner, entry->bytes, entry->size,
			entry->hash) = (uint32_t)i;
	}
}

uint32_t intern(struct interner *interner, const void *bytes, size_t size)
{
	struct interned *entry;
	uint32_t *slot;
	uint64_t hash;

	/* SQLite has no address for an empty blob, and memcpy wants one. */
	if (!size)
		bytes = "";
	hash = XXH3_64bits(bytes, size);
	if (interner->count * 4 >= interner->slot_count * 3)
		intern_grow(interner);
	slot = intern_slot_of(interner, bytes, size, hash);
	if (*slot == INTERN_NONE) {
		*slot = (uint32_t)interner->count;
		entry = array_add(&interner->entries, &interner->count,
			&interner->room, sizeof(*entry));
		entry->bytes = intern_keep(interner, bytes, size);
		entry->size = size;
		entry->hash = hash;
	}
	return *slot;
}

uint32_t intern_find(
	const struct interner *interner, const void *bytes, size_t size)
{
	if (!interner->slot_count)
		return INTERN_NONE;
	return *intern_slot_of(interner, bytes, size, XXH3_64bits(bytes, size));
}
