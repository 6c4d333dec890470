/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/entries.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "languages/python/entered/passages.h"

#define MARK "/@ftrace/"
#define MARK_MAX 4000
#define BATCH 2048
#define SCOPES 64

struct scope {
	uint64_t gaps; /* how many there had been when it began */
	bool local;
};

struct thread {
	uint64_t epoch;
	uint64_t coarse; /* the epoch in which that was said */
	unsigned depth;  /* may pass SCOPES: deeper ones are only counted */
	struct scope scopes[SCOPES];
	size_t words;
	uint64_t *entered;
};

__thread struct here here;
struct block entries_foreign, entries_own;

static uint64_t epoch;
static uint64_t gaps, base_gaps;
static const char *gap_reason;

static void hear_nothing(struct block *const *entered, unsigned count)
{
	(void)entered;
	(void)count;
}

void (*entries_hear)(
	struct block *const *entered, unsigned count) = hear_nothing;

static struct here *collecting;
static struct block *batch[BATCH];
static unsigned collected;
static bool at_once, stopped;

static char token[40];
static pid_t token_owner;
static uint32_t generation;
static pthread_key_t key;

static bool entries_has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

void entries_say(const char *mark)
{
	int saved = errno;

	if (entries_has_prefix(mark, MARK "mute/"))
		here.muted++;
	else if (here.muted && entries_has_prefix(mark, MARK "unmute/"))
		here.muted--;
	(void)access(mark, F_OK);
	errno = saved;
}

/* Numbers are those of before, and have to be declared under the new token. */
static void renew_token(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	token_owner = getpid();
	snprintf(token, sizeof(token), "%x-%llx", (unsigned)token_owner,
		(unsigned long long)now.tv_sec * 1000000000ull +
			(unsigned long long)now.tv_nsec);
	generation++;
}

const char *entries_token(void)
{
	/* A clone(2) that no handler heard of makes a child as well. */
	if (getpid() != token_owner) {
		renew_token();
		at_once = true;
	}
	return token;
}

static void next_epoch(void)
{
	epoch++;
	entries_foreign.epoch = epoch;
	entries_own.epoch = epoch;
	if (collecting)
		collecting->epoch = epoch;
}

static struct thread *this_thread(void)
{
	if (!here.thread) {
		here.thread = calloc(1, sizeof(*here.thread));
		if (here.thread)
			pthread_setspecific(key, here.thread);
	}
	return here.thread;
}

static void forget_thread(void *pointer)
{
	struct thread *thread = pointer;

	if (collecting == &here) {
		entries_flush();
		collecting = NULL;
	}
	memset(&here, 0, sizeof(here));
	free(thread->entered);
	free(thread);
}

static void before_fork(void)
{
	if (collecting == &here)
		entries_flush();
}

/*
 * The child goes on in the scope of its parent, of which it knows nothing
 * later: what it enters it says anew, and at once.
 */
static void after_fork(void)
{
	collected = 0;
	collecting = &here;
	at_once = true;
	passages_stop();
	renew_token();
	next_epoch();
}

int entries_start(void)
{
	if (pthread_key_create(&key, forget_thread))
		return -1;
	if (!this_thread() || pthread_atfork(before_fork, NULL, after_fork))
		return -1;
	renew_token();
	collecting = &here;
	next_epoch();
	return 0;
}

void entries_declare(struct block *block)
{
	char mark[MARK_MAX + 100];

	if (block->generation == generation)
		return;
	block->generation = generation;
	if (snprintf(mark, sizeof(mark), MARK "code/%s/%u/%s/%s", token,
		    block->id, block->name, block->path) > MARK_MAX)
		entries_gap("the path of a source is too long to be recorded");
	else
		entries_say(mark);
}

/* Decimal; there are hundreds in a mark. Gives where it ends. */
static char *entries_put_number(char *at, uint32_t number)
{
	char digits[10];
	unsigned count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count)
		*at++ = digits[--count];
	return at;
}

static void say_blocks(void)
{
	char mark[MARK_MAX + 100], *at, *head;

	at = head = mark + snprintf(mark, sizeof(mark), MARK "enter/%s/",
				   entries_token());
	for (unsigned i = 0; i < collected; i++) {
		size_t room = 12 + passages_room(batch[i]);

		if (at > head && (size_t)(at - mark) > MARK_MAX - room) {
			*at = '\0';
			entries_say(mark);
			at = head;
		}
		entries_declare(batch[i]);
		if (at > head)
			*at++ = ',';
		at = entries_put_number(at, batch[i]->id);
		at = passages_put(at, batch[i]);
		batch[i]->collected = false;
	}
	*at = '\0';
	if (at > head)
		entries_say(mark);
}

struct block *const *entries_collected(unsigned *count)
{
	*count = collecting == &here ? collected : 0;
	return batch;
}

void entries_flush(void)
{
	if (!collected)
		return;
	say_blocks();
	collected = 0;
}

void entries_stop(void)
{
	stopped = true;
}

static void say_block(struct block *block)
{
	char mark[100];

	entries_token();
	entries_declare(block);
	snprintf(mark, sizeof(mark), MARK "enter/%s/%u", token, block->id);
	entries_say(mark);
}

/* Texts of names are the same wherever they come from. */
static bool was_led(struct block *block, const void *by)
{
	const void **more;

	for (unsigned i = 0; i < block->lead_count; i++)
		if (block->leads[i] == by)
			return true;
	if (block->lead_count % 8 == 0) {
		more = realloc(
			block->leads, (block->lead_count + 8) * sizeof(*more));
		if (!more)
			return false;
		block->leads = more;
	}
	block->leads[block->lead_count++] = by;
	return false;
}

void entries_lead(struct block *block, const char *name, struct block *caller)
{
	char mark[MARK_MAX + 100];
	int size;

	if (!block->id || stopped || (caller && !caller->id) ||
		(name && *name >= '0' && *name <= '9') ||
		was_led(block, caller ? (const void *)caller : name))
		return;
	entries_token();
	entries_declare(block);
	if (caller) {
		entries_declare(caller);
		size = snprintf(mark, sizeof(mark), MARK "call/%s/%u,%u", token,
			block->id, caller->id);
	} else {
		size = snprintf(mark, sizeof(mark), MARK "call/%s/%u,%s", token,
			block->id, name);
	}
	if (size <= MARK_MAX)
		entries_say(mark);
}

/* Puts a block into the set of a thread; true when it was in it. */
static bool test_and_set(struct thread *thread, const struct block *block)
{
	size_t word = block->id / 64;
	uint64_t bit = UINT64_C(1) << (block->id % 64);

	if (thread->epoch != epoch) {
		thread->epoch = epoch;
		memset(thread->entered, 0, thread->words * sizeof(uint64_t));
	}
	if (word >= thread->words) {
		size_t words = word * 2 + 16;
		uint64_t *more;

		more = realloc(thread->entered, words * sizeof(uint64_t));
		if (!more)
			return false;
		memset(more + thread->words, 0,
			(words - thread->words) * sizeof(uint64_t));
		thread->entered = more;
		thread->words = words;
	}
	if (thread->entered[word] & bit)
		return true;
	thread->entered[word] |= bit;
	return false;
}

/*
 * What a module's annotations are computed by counts for all who import it, as
 * if that had been done on import: docs/reference/marks.md.
 */
static void say_late(const struct block *block)
{
	char mark[MARK_MAX + 100];

	if (snprintf(mark, sizeof(mark), MARK "kept/__annotations__=*;%s/%s",
		    block->name, block->path) > MARK_MAX)
		entries_gap("the path of a source is too long to be recorded");
	else
		entries_say(mark);
}

void entries_enter(struct block *block)
{
	struct thread *thread;

	if (block->id == 0 || stopped)
		return;
	if (collecting == &here) {
		block->epoch = epoch;
		block->collected = true;
		batch[collected++] = block;
		if (collected == BATCH)
			entries_hear(batch, collected);
		if (block->late)
			say_late(block);
		if (at_once || collected == BATCH)
			entries_flush();
		return;
	}
	thread = this_thread();
	if (thread && test_and_set(thread, block))
		return;
	entries_hear(&block, 1);
	say_block(block);
	if (block->late)
		say_late(block);
}

void entries_coarse(const char *reason)
{
	struct thread *thread = this_thread();
	char mark[200];

	if (thread && thread->coarse == epoch)
		return;
	if (thread)
		thread->coarse = epoch;
	snprintf(mark, sizeof(mark), MARK "coarse/%s", reason);
	entries_say(mark);
}

void entries_gap(const char *reason)
{
	gaps++;
	gap_reason = reason;
	entries_coarse(reason);
}

static bool ends_local(const struct thread *thread)
{
	return thread->depth && thread->depth <= SCOPES &&
	       thread->scopes[thread->depth - 1].local;
}

static void entries_begin(struct thread *thread, bool local)
{
	/* While no scope was open, the base was that of all threads. */
	if (thread->depth == 0 && collecting == &here && gaps != base_gaps)
		entries_coarse(gap_reason);
	if (thread->depth < SCOPES)
		thread->scopes[thread->depth] =
			(struct scope){.gaps = gaps, .local = local};
	thread->depth++;
}

static void entries_end(struct thread *thread)
{
	if (thread->depth == 0)
		return;
	if (--thread->depth < SCOPES &&
		thread->scopes[thread->depth].gaps != gaps)
		entries_coarse(gap_reason);
	if (thread->depth == 0 && collecting == &here)
		base_gaps = gaps;
}

void entries_shift(const char *mark, const char *ongoing)
{
	struct thread *thread = this_thread();
	bool begins = entries_has_prefix(mark, MARK "begin/");
	bool local = begins ? entries_has_prefix(mark, MARK "begin/module/")
			    : thread && ends_local(thread);

	if (ongoing)
		entries_gap(ongoing);
	/*
	 * The scope of the whole process may change here for the collecting
	 * thread, too: what it has goes to the scope that ends as well.
	 */
	if (collecting == &here)
		entries_flush();
	else if (!local && collected)
		say_blocks();
	if (thread && begins)
		entries_begin(thread, local);
	else if (thread)
		entries_end(thread);
	entries_say(mark);
	next_epoch();
	if (ongoing && begins)
		entries_coarse(ongoing);
}

bool entries_importing(void)
{
	return here.thread && ends_local(here.thread);
}

bool entries_has_scope(void)
{
	return here.thread && here.thread->depth > 0;
}

unsigned entries_depth(void)
{
	return here.thread ? here.thread->depth : 0;
}

bool entries_is_collecting(void)
{
	return collecting == &here;
}

uint64_t entries_epoch(void)
{
	return epoch;
}
