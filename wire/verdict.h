/* SPDX-License-Identifier: MIT */
/*
 * Which objects (programs, libraries) make system calls by themselves, past
 * the C library: what objects/own_calls.h finds out, as all processes of a
 * session share it. An object is known by what a stat tells of its file. Who
 * meets one of which nobody knows asks the supervisor, and waits.
 *
 * Neither allocates nor touches errno.
 */
#ifndef FTRACE_WIRE_VERDICT_H
#define FTRACE_WIRE_VERDICT_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define VERDICT_ENTRIES 4096u /* a power of two */
#define VERDICT_SITES 8192u
#define VERDICT_SLOTS 16u

enum verdict_kind {
	VERDICT_NONE,      /* nobody knows */
	VERDICT_QUIET,     /* it makes none that is in the catalogue */
	VERDICT_SITES_ALL, /* it does, and jumps can take the place of all */
	VERDICT_CALLS,     /* it does, and not all can be replaced */
};

/* A system call instruction, and what around it a jump takes the place of. */
struct own_site {
	uint32_t address;      /* of the instruction, from the load address */
	uint8_t before, after; /* bytes that move along */
	uint16_t unused;
};

struct verdict {
	uint8_t kind; /* enum verdict_kind */
	uint16_t count;
	uint32_t first; /* of the sites, in the board's */
	uint32_t shift; /* from offsets in the file to addresses */
	uint32_t sum;   /* of the sites: a stray write may hit all this */
};

/* What a file is known by. */
struct object_file {
	uint64_t device, inode, size;
	int64_t mtime, ctime; /* nanoseconds */
};

/* A request; `state` is a futex. */
struct verdict_slot {
	_Atomic uint32_t state; /* enum verdict_state */
	uint32_t pid;
	int32_t fd; /* of that process; -1: none */
	struct verdict answer;
	struct object_file file;
	char path[PATH_MAX];
};

enum verdict_state {
	VERDICT_FREE,
	VERDICT_FILLING,
	VERDICT_ASKED,
	VERDICT_ANSWERED
};

/* Written by the supervisor alone, the key last. */
struct verdict_entry {
	_Atomic uint64_t key; /* 0: none */
	struct verdict verdict;
};

struct verdict_board {
	_Atomic uint32_t asked; /* futex: requests so far */
	_Atomic uint32_t busy;  /* somebody is being answered */
	_Atomic uint32_t over;  /* nobody is answered any more */
	struct verdict_entry entries[VERDICT_ENTRIES];
	struct own_site sites[VERDICT_SITES];
	struct verdict_slot slots[VERDICT_SLOTS];
};

struct arena;
struct stat;

void object_file_set(struct object_file *file, const struct stat *st);

/* Never 0. */
uint64_t object_file_key(const struct object_file *file);

uint32_t verdict_sum(
	const struct verdict *verdict, const struct own_site *sites);

/* The entry with the key, or the free one for it; NULL when all are taken. */
struct verdict_entry *verdict_entry(struct verdict_board *board, uint64_t key);

/* The verdict on the object as far as it is known: else VERDICT_NONE. */
struct verdict verdict_find(struct arena *arena, const struct stat *st);

/*
 * Asks for it. The object is at the path, or at the descriptor if that is not
 * negative. VERDICT_NONE when none can be had.
 */
struct verdict verdict_ask(
	struct arena *arena, const struct stat *st, const char *path, int fd);

#endif
