/* SPDX-License-Identifier: MIT */
#include "wire/writer.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Claims room for a record of `bytes` and makes it the process's own. */
static struct arena_chunk *claim_more(struct arena *arena,
	_Atomic(struct arena_chunk *) *claim, _Atomic uint32_t *image,
	struct arena_chunk *old, uint64_t bytes)
{
	uint64_t room = bytes + sizeof(struct arena_chunk);
	uint32_t count = (uint32_t)((room + ARENA_CHUNK - 1) / ARENA_CHUNK);
	uint32_t parent = 0;
	struct arena_chunk *fresh;

	if (old && count < ARENA_NEXT_CHUNKS)
		count = ARENA_NEXT_CHUNKS;
	fresh = arena_claim(arena, count);
	if (!fresh)
		return NULL;
	if (!old) {
		/* The first claim since the exec or the fork: a new image. */
		parent = atomic_load(image);
		atomic_store(
			image, atomic_fetch_add(&arena->header->images, 1) + 1);
	}
	fresh->image = atomic_load(image);
	fresh->parent = parent;
	if (atomic_compare_exchange_strong(claim, &old, fresh))
		return fresh;
	return old; /* another thread was faster; ours stays empty */
}

void writer_write(struct arena *arena, _Atomic(struct arena_chunk *) *claim,
	_Atomic uint32_t *image, const struct record_draft *draft)
{
	size_t slash = draft->dir.size ? 1 : 0;
	size_t size =
		draft->head.size + draft->dir.size + slash + draft->tail.size;
	struct arena_chunk *chunk = atomic_load(claim);
	struct wire_record *record = NULL;
	char *at;

	if (size > ARENA_TEXT_MAX) {
		arena_set_lost(arena, ARENA_FULL);
		return;
	}
	if (chunk)
		record = arena_reserve(arena, chunk, (uint32_t)size);
	while (!record) {
		chunk = claim_more(
			arena, claim, image, chunk, record_bytes(size));
		if (!chunk)
			return;
		record = arena_reserve(arena, chunk, (uint32_t)size);
	}
	record->type = (uint8_t)draft->type;
	record->access = draft->access;
	record->flags = draft->flags;
	record->scope = draft->scope;
	record->number = draft->number;
	record->head = (uint32_t)draft->head.size;
	at = record->text;
	memcpy(at, draft->head.bytes ? draft->head.bytes : "",
		draft->head.size);
	at += draft->head.size;
	if (slash) {
		memcpy(at, draft->dir.bytes, draft->dir.size);
		at += draft->dir.size;
		*at++ = '/';
	}
	memcpy(at, draft->tail.bytes ? draft->tail.bytes : "",
		draft->tail.size);
	arena_commit(record);
}

uint64_t repeats_key(const struct record_draft *draft)
{
	uint64_t key = XXH3_64bits(draft->tail.bytes, draft->tail.size);
	uint64_t what = (uint64_t)draft->type << 56 |
			(uint64_t)draft->access << 48 |
			(uint64_t)draft->flags << 32 | draft->scope;

	if (draft->dir.size)
		key ^= XXH3_64bits_withSeed(
			draft->dir.bytes, draft->dir.size, 1);
	if (draft->head.size)
		key ^= XXH3_64bits_withSeed(
			draft->head.bytes, draft->head.size, 2);
	return key ^ XXH3_64bits_withSeed(&what, sizeof(what), 3);
}

bool repeats_has(const struct repeats *repeats, uint64_t key)
{
	return atomic_load_explicit(&repeats->seen[key % REPEATS_SLOTS],
		       memory_order_relaxed) == key;
}

void repeats_add(struct repeats *repeats, uint64_t key)
{
	atomic_store_explicit(
		&repeats->seen[key % REPEATS_SLOTS], key, memory_order_release);
}

void repeats_forget(struct repeats *repeats)
{
	for (uint32_t i = 0; i < REPEATS_SLOTS; i++)
		atomic_store_explicit(
			&repeats->seen[i], 0, memory_order_relaxed);
}
