/* SPDX-License-Identifier: MIT */
/*
 * The interposer's memory of its session and its only way to write records.
 *
 * Every function here may be called from any thread, from signal handlers, in
 * a vfork child, before the library's constructor and after its destructor.
 * None allocates, locks, prints or changes errno. When recording is off they
 * do nothing.
 */
#ifndef FTRACE_PRELOAD_RECORDER_H
#define FTRACE_PRELOAD_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/kind.h"
#include "wire/record.h"

#define SESSION_VARIABLE "FTRACE_SESSION"
#define SCOPE_VARIABLE "FTRACE_SCOPE"
#define PRELOAD_VARIABLE "LD_PRELOAD"
#define LIBRARY_NAME "libftrace.so"

/* A piece of text; several make the text of a record. */
struct text {
	const char *bytes;
	size_t size;
};

/* True when this process belongs to a session; attaches on the first call. */
bool recorder_on(void);

/* What a child needs to belong to the session too; empty strings when off. */
const char *recorder_session(void); /* the arena's path */
const char *recorder_library(void); /* this library's path */
void recorder_announced(void);      /* an exec that will answer */
void recorder_answered(void);       /* it did, or it failed */
uint32_t recorder_serial(void);     /* a new number for an exec */

/*
 * Writes a record in the scope. The text is head followed by dir, '/' (when
 * dir is not empty) and tail.
 */
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
void recorder_write(const struct record_draft *draft);

/*
 * True when the same draft was not written lately, and remembers it. It may
 * forget; it never claims to have seen what it has not.
 */
bool recorder_is_new(const struct record_draft *draft);

/* A number no other scope of the session has. */
uint32_t recorder_new_scope(void);

/*
 * Around fork(3): a child exists, even if it never opens a file. The parent
 * counts it, so that one too slow to be heard of is waited for.
 */
void recorder_fork(void);
void recorder_born(void);

/* Notes the status an image ends with. */
void recorder_exit(int status);

/* Marks that objects were loaded and are not recorded yet, or no longer. */
void recorder_set_pending(bool pending);

/*
 * One of a few buffers of SCRATCH_SIZE bytes, for callers whose stack may be
 * small; NULL when all are in use. Give it back with scratch_give().
 */
#define SCRATCH_SIZE 4352u
char *scratch_take(void);
void scratch_give(char *buffer);

#endif
