/* SPDX-License-Identifier: MIT */
/*
 * Which blocks the scope in force entered, said in marks
 * (docs/reference/marks.md).
 *
 * The thread that starts the runner, and later its forked children, collects
 * what it enters and says it before the scope changes; a child, which may be
 * gone at any moment, and all other threads say it at once. All of this runs
 * with the GIL held and calls nothing of Python.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_ENTRIES_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

#define ENTRIES_NEVER UINT64_MAX

struct kept_mention;
struct passages;

struct block {
	uint64_t epoch;      /* when the collecting thread last entered it */
	uint32_t id;         /* 0: not a block, and never said */
	uint32_t generation; /* of the token that it was declared under */

	bool collected; /* and not said yet */
	bool late;      /* evaluates annotations, which Python keeps from then on */
	struct block *next;
	const char *path;              /* absolute */
	struct kept_mention *mentions; /* of its code: kept_names.h */
	unsigned mention_count;
	struct passages *passages; /* or NULL: passages.h */
	const void **leads;        /* what was said to lead to it */
	unsigned lead_count;

	char name[];
};

struct thread;

/*
 * What the way of each call looks at. A block whose epoch is that of the
 * thread was entered; other threads than the collecting one have epoch 0,
 * which no block ever has, and keep their own sets.
 */
struct here {
	uint64_t epoch;
	uintptr_t low; /* the stack pointer under which no call goes deeper */
	bool known;
	bool hears, waits;     /* these are of tripwires.c */
	uint64_t said, resaid; /* and these */
	unsigned muted;
	struct thread *thread;
};

extern __thread struct here here
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* The things that are no blocks, told apart by their addresses. */
extern struct block entries_foreign, entries_own;

/* Is told of blocks before they are said, from whatever thread. */
extern void (*entries_hear)(struct block *const *entered, unsigned count)
	__attribute__((visibility("hidden")));

/* Makes the calling thread the collecting one. Returns 0 or -1. */
int entries_start(void);

/* A block that is not known to be in the thread's set yet. */
void entries_enter(struct block *block);

/*
 * The block may be called by who mentions a name, or by another block that has
 * it at hand; one of the two is NULL. The name is one of kept_names.h.
 */
void entries_lead(struct block *block, const char *name, struct block *caller);

/* Gives the block its number under the token that is in use. */
void entries_declare(struct block *block);
const char *entries_token(void);

/* What was collected and not said yet. */
struct block *const *entries_collected(unsigned *count);

/* Says all that was collected. */
void entries_flush(void);

/* From now on nothing is said of any thread. */
void entries_stop(void);

/*
 * From now on, or for a time that has just ended, functions were entered
 * unseen: the scopes in force, of whatever thread, fall back to whole files.
 * The reason is kept, not copied.
 */
void entries_gap(const char *reason);

/* Confesses the same of this thread's scope in force alone. */
void entries_coarse(const char *reason);

/*
 * Says a mark that begins or ends a scope. Ongoing is why functions are
 * entered unseen at the moment, or NULL.
 */
void entries_shift(const char *mark, const char *ongoing);

/* Whether this thread is importing a module. */
bool entries_importing(void);

/* Whether it has begun a scope that has not ended. */
bool entries_has_scope(void);

/* How many scopes it has begun that have not ended. */
unsigned entries_depth(void);

bool entries_is_collecting(void);

/* Counts up at each change of scope. */
uint64_t entries_epoch(void);

/* Says any mark, and keeps errno. */
void entries_say(const char *mark);

#endif
