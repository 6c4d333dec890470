/* SPDX-License-Identifier: MIT */
/*
 * Writing records into the arena, for whoever speaks for a traced process:
 * the interposer inside it, or the ptrace fallback.
 *
 * Nothing here allocates, locks or touches errno; any thread, signal handlers
 * and vfork children may call it.
 */
#ifndef FTRACE_WIRE_WRITER_H
#define FTRACE_WIRE_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/arena.h"
#include "wire/record.h"

/* A piece of text; several make the text of a record. */
struct text {
	const char *bytes;
	size_t size;
};

/* The text is head followed by dir, '/' (when dir is not empty) and tail. */
struct record_draft {
	enum record_type type;
	uint8_t access;
	uint16_t flags;
	uint32_t scope;
	uint32_t number;
	struct text head;
	struct text dir;
	struct text tail;
};

/*
 * Writes a record in the claim, or in a new one when it is full or NULL. With
 * the first claim *image becomes a new image's number; what it was before is
 * the image it was forked from, 0 when it was executed. Without room the
 * arena's loss flag is set.
 */
void writer_write(struct arena *arena, _Atomic(struct arena_chunk *) *claim,
	_Atomic uint32_t *image, const struct record_draft *draft);

/* Records written lately: a lossy table. */
#define REPEATS_SLOTS 4096u
struct repeats {
	_Atomic uint64_t seen[REPEATS_SLOTS];
};

/*
 * Whether the same draft was written lately: it may have been forgotten, and
 * then it is not. What is written is to be remembered afterwards, not before:
 * the process may end in between, and another thread have relied on it.
 */
uint64_t repeats_key(const struct record_draft *draft);
bool repeats_has(const struct repeats *repeats, uint64_t key);
void repeats_add(struct repeats *repeats, uint64_t key);

/* From now on everything is written once more. */
void repeats_forget(struct repeats *repeats);

#endif
