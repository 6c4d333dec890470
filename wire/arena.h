/* SPDX-License-Identifier: MIT */
/*
 * The arena: one file of a session, mapped by every traced process, in which
 * records are appended without a system call. Its first ARENA_HEADER bytes
 * are a struct arena_header; chunks of ARENA_CHUNK bytes follow, claimed with
 * one atomic add and owned by one process from then on. The supervisor
 * allocates the blocks on disk before it counts them in `ready`, so that a
 * full disk can never become a SIGBUS.
 *
 * A process maps the file in windows of ARENA_WINDOW bytes, when it first
 * needs one, and keeps no descriptor.
 *
 * Nothing here allocates, takes a lock or touches errno. arena_append() may
 * be called from any thread, from signal handlers and in a vfork child.
 */
#ifndef FTRACE_WIRE_ARENA_H
#define FTRACE_WIRE_ARENA_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/follow.h"
#include "wire/record.h"
#include "wire/sites.h"
#include "wire/verdict.h"

#define ARENA_MAGIC 0x616e657261747266u /* "frtarena" */
#define ARENA_VERSION 3u
#define ARENA_HEADER (320u << 10) /* a page of any kernel divides it */
#define ARENA_CHUNK (8u << 10)
#define ARENA_WINDOW (16u << 20)
#define ARENA_WINDOWS 1024u
/* C libraries and loaders that one session can meet. */
#define SITE_TABLES 8u

#define ARENA_WINDOW_CHUNKS (ARENA_WINDOW / ARENA_CHUNK)

/* What a process claims after its first chunk, to claim seldom. */
#define ARENA_NEXT_CHUNKS 8u

/* The longest text of a record: it has to fit a claim. */
#define ARENA_TEXT_MAX (32u << 10)

enum arena_loss {
	ARENA_FULL = 1,     /* a record found no room */
	ARENA_UNMAPPED = 2, /* a process could not map what it needed */
};

struct arena_header {
	uint64_t magic;
	uint32_t version;
	_Atomic uint32_t lost;  /* enum arena_loss bits */
	_Atomic uint64_t ready; /* chunks that lie on disk */
	_Atomic uint64_t taken; /* chunks claimed, may pass ready */
	_Atomic uint64_t clock;
	_Atomic uint32_t scopes; /* the last scope number given out */
	_Atomic uint32_t images;
	_Atomic uint32_t serials;
	_Atomic uint32_t forks;     /* begun by fork(3), or failed */
	_Atomic uint32_t births;    /* forked children that were heard of */
	_Atomic uint32_t announced; /* execs that an answer is expected of */
	_Atomic uint32_t answered;  /* hellos to them, and failed ones */
	_Atomic uint32_t wanted;    /* futex: a process asks for more chunks */
	_Atomic uint32_t closed;    /* the supervisor is gone or folding */
	struct site_table tables[SITE_TABLES];
	struct follow_board follow;
	struct verdict_board verdicts;
};

_Static_assert(sizeof(struct arena_header) <= ARENA_HEADER, "the header fits");

struct arena_chunk {
	uint32_t count; /* chunks in this claim; 0: never claimed */
	uint32_t pid;
	uint32_t image;        /* numbers a process between two execs */
	uint32_t parent;       /* the image it was forked from, 0: executed */
	_Atomic uint32_t used; /* bytes reserved, this head included */
	_Atomic uint32_t end;  /* where the next record did not fit */
	uint32_t followed;     /* the process is followed, and maps no arena */
	uint32_t unused;
};

struct arena {
	struct arena_header *header; /* NULL: not attached */
	_Atomic(char *) windows[ARENA_WINDOWS];
	char path[PATH_MAX];
};

/* Maps the arena at path; 0 or a negative errno. */
int arena_attach(struct arena *arena, const char *path);

/*
 * Claims `count` consecutive chunks for the calling process. Waits a moment
 * for the supervisor when none is ready; NULL (and a loss flag) when it does
 * not come. The claim's fields but `count` and `pid` are left to the caller.
 */
struct arena_chunk *arena_claim(struct arena *arena, uint32_t count);

/*
 * Reserves a record with `text` bytes of text in the claim; NULL when it does
 * not fit. Fill it and call arena_commit().
 */
struct wire_record *arena_reserve(
	struct arena *arena, struct arena_chunk *chunk, uint32_t text);
void arena_commit(struct wire_record *record);

/* Chunk number i, which must be below `ready`; NULL when it cannot be mapped.
 */
struct arena_chunk *arena_chunk_at(struct arena *arena, uint64_t i);

void arena_set_lost(struct arena *arena, enum arena_loss why);

#endif
