/* SPDX-License-Identifier: MIT */
/*
 * Claiming, reserving and committing, alone and all at once.
 */
#include "tests/unit/scratch.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fold/trace.h"
#include "tests/unit/arena_file.h"

#define WRITERS 6
#define RECORDS 8000

static struct arena arena;
static struct trace trace;

/* The text that fills a claim of one chunk to its last byte. */
#define WHOLE \
	(ARENA_CHUNK - sizeof(struct arena_chunk) - sizeof(struct wire_record))

TEST(attach_refuses)
{
	static struct arena other;
	static char path[sizeof(other.path) + 8];
	struct arena_header header = {
		.magic = ARENA_MAGIC, .version = ARENA_VERSION + 1};

	assert_int_equal(arena_attach(&other, "missing"), -ENOENT);
	memset(path, 'x', sizeof(path) - 1);
	assert_int_equal(arena_attach(&other, path), -ENAMETOOLONG);
	write_bytes("newer", &header, sizeof(header));
	assert_int_equal(arena_attach(&other, "newer"), -EPROTO);
	header = (struct arena_header){.version = ARENA_VERSION};
	write_bytes("strange", &header, sizeof(header));
	assert_int_equal(arena_attach(&other, "strange"), -EPROTO);
	assert_null(other.header);
}

TEST(claims_do_not_overlap)
{
	struct arena_chunk *one, *three, *next;

	arena_file_make(&arena, "arena", 16);
	one = arena_claim(&arena, 1);
	three = arena_claim(&arena, 3);
	next = arena_claim(&arena, 1);
	assert_ptr_equal(one, arena_chunk_at(&arena, 0));
	assert_ptr_equal(three, arena_chunk_at(&arena, 1));
	assert_ptr_equal(next, arena_chunk_at(&arena, 4));
	assert_int_equal(three->count, 3);
	assert_int_equal(three->pid, getpid());
	assert_int_equal(three->used, sizeof(*three));
	assert_int_equal(arena.header->lost, 0);
	arena_file_unmap(&arena);
}

TEST(full)
{
	arena_file_make(&arena, "arena", 2);
	assert_non_null(arena_claim(&arena, 2));
	assert_null(arena_claim(&arena, 1));
	assert_int_equal(arena.header->lost, ARENA_FULL);
	trace_read(&trace, &arena);
	assert_string_equal(trace.lost, "there was no room for the trace");
	trace_release(&trace);
	arena_file_unmap(&arena);
}

/* A claim that would lie across two windows begins in the second. */
TEST(windows)
{
	struct arena_chunk *chunk;

	arena_file_make(&arena, "arena", ARENA_WINDOW_CHUNKS + 64);
	atomic_store(&arena.header->taken, ARENA_WINDOW_CHUNKS - 2);
	chunk = arena_file_claim(&arena, ARENA_NEXT_CHUNKS);
	assert_ptr_not_equal(
		chunk, arena_chunk_at(&arena, ARENA_WINDOW_CHUNKS - 2));
	assert_ptr_equal(
		chunk, arena_chunk_at(&arena,
			       ARENA_WINDOW_CHUNKS - 2 + ARENA_NEXT_CHUNKS));
	assert_true(arena_file_append(
		&arena, chunk, RECORD_ACCESS, 0, "in the second"));
	trace_read(&trace, &arena);
	assert_int_equal(trace.count, 1);
	assert_null(trace.lost);
	trace_release(&trace);
	arena_file_unmap(&arena);
}

TEST(record_round_trip)
{
	struct arena_chunk *chunk;
	const struct wire_record *record;

	arena_file_make(&arena, "arena", 4);
	chunk = arena_file_claim(&arena, 1);
	assert_true(arena_file_append(
		&arena, chunk, RECORD_OUTCOME, 7, "passed/12"));
	assert_true(arena_file_append(&arena, chunk, RECORD_ACCESS, 8, ""));
	trace_read(&trace, &arena);
	assert_int_equal(trace.count, 2);
	record = trace.events[0].record;
	assert_int_equal(record->type, RECORD_OUTCOME);
	assert_int_equal(record->number, 7);
	assert_int_equal(record->size, 9);
	assert_memory_equal(record->text, "passed/12", 9);
	assert_int_equal((uintptr_t)record % RECORD_ALIGN, 0);
	assert_int_equal(trace.events[1].record->number, 8);
	assert_int_equal(trace.events[0].image, trace.events[1].image);
	assert_int_equal(trace.images[0].pid, getpid());
	assert_null(trace.lost);
	trace_release(&trace);
	arena_file_unmap(&arena);
}

TEST(claim_filled_to_the_last_byte)
{
	struct arena_chunk *chunk;
	char text[WHOLE + 1];

	memset(text, 'x', WHOLE);
	text[WHOLE] = '\0';
	arena_file_make(&arena, "arena", 4);
	chunk = arena_file_claim(&arena, 1);
	assert_true(arena_file_append(&arena, chunk, RECORD_ACCESS, 1, text));
	assert_false(arena_file_append(&arena, chunk, RECORD_ACCESS, 2, ""));
	assert_false(arena_file_append(&arena, chunk, RECORD_ACCESS, 3, ""));
	trace_read(&trace, &arena);
	assert_int_equal(trace.count, 1);
	assert_null(trace.lost);
	trace_release(&trace);
	arena_file_unmap(&arena);
}

/* What did not fit leaves a hole at the end, which is no loss. */
TEST(text_too_long)
{
	struct arena_chunk *chunk;
	char text[WHOLE + 2];

	memset(text, 'x', WHOLE + 1);
	text[WHOLE + 1] = '\0';
	arena_file_make(&arena, "arena", 4);
	chunk = arena_file_claim(&arena, 1);
	assert_true(arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "a"));
	assert_false(arena_file_append(&arena, chunk, RECORD_ACCESS, 2, text));
	assert_true(chunk->end > 0);
	/* Once passed by, a claim stays full: order within it holds. */
	assert_false(arena_file_append(&arena, chunk, RECORD_ACCESS, 3, "b"));
	trace_read(&trace, &arena);
	assert_int_equal(trace.count, 1);
	assert_null(trace.lost);
	trace_release(&trace);
	arena_file_unmap(&arena);
}

TEST(torn_record)
{
	struct arena_chunk *chunk;
	struct wire_record *torn;

	arena_file_make(&arena, "arena", 4);
	chunk = arena_file_claim(&arena, 1);
	arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "whole");
	torn = arena_reserve(&arena, chunk, 5);
	assert_non_null(torn);
	arena_file_append(&arena, chunk, RECORD_ACCESS, 2, "behind it");
	chunk = arena_file_claim(&arena, 1);
	arena_file_append(&arena, chunk, RECORD_ACCESS, 3, "elsewhere");
	trace_read(&trace, &arena);
	assert_string_equal(
		trace.lost, "a process was killed while it recorded");
	assert_int_equal(trace.count, 3);
	assert_int_equal(trace.events[0].record->number, 1);
	assert_int_equal(trace.events[1].record->number, 2);
	assert_int_equal(trace.events[2].record->number, 3);
	trace_release(&trace);
	/* Before its length was written: what follows cannot be found. */
	torn->size = 0;
	trace_read(&trace, &arena);
	assert_non_null(trace.lost);
	assert_int_equal(trace.count, 2);
	assert_int_equal(trace.events[1].record->number, 3);
	trace_release(&trace);
	arena_file_unmap(&arena);
}

/* One claim that several threads append to, replaced when it is full. */
static _Atomic(struct arena_chunk *) shared;

static void append_shared(uint32_t number)
{
	char text[64];
	struct arena_chunk *chunk = atomic_load(&shared), *fresh;

	snprintf(text, sizeof(text), "%*u", (int)(number % 50) + 1, number);
	while (!chunk || !arena_file_append(
				 &arena, chunk, RECORD_ACCESS, number, text)) {
		fresh = arena_file_claim(&arena, 2);
		if (atomic_compare_exchange_strong(&shared, &chunk, fresh))
			chunk = fresh;
	}
}

static void *writer(void *data)
{
	uint32_t first = (uint32_t)(uintptr_t)data * RECORDS;

	/* All at once; a closed arena has no other use for the counter. */
	atomic_fetch_add(&arena.header->wanted, 1);
	while (atomic_load(&arena.header->wanted) < WRITERS)
		sched_yield();
	for (uint32_t i = 0; i < RECORDS; i++)
		append_shared(first + i);
	return NULL;
}

static void check_all_there(void)
{
	static bool found[WRITERS * RECORDS];

	memset(found, 0, sizeof(found));
	trace_read(&trace, &arena);
	assert_null(trace.lost);
	assert_int_equal(trace.count, WRITERS * RECORDS);
	for (size_t i = 0; i < trace.count; i++) {
		uint32_t number = trace.events[i].record->number;

		assert_true(number < WRITERS * RECORDS);
		assert_false(found[number]);
		found[number] = true;
		if (i)
			assert_true(trace.events[i].clock >
				    trace.events[i - 1].clock);
	}
	trace_release(&trace);
}

TEST(threads_lose_nothing)
{
	pthread_t threads[WRITERS];

	arena_file_make(&arena, "arena", 2 * ARENA_WINDOW_CHUNKS);
	atomic_store(&shared, NULL);
	for (uintptr_t i = 0; i < WRITERS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, writer, (void *)i),
			0);
	for (size_t i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	check_all_there();
	arena_file_unmap(&arena);
}

/* Each ends by SIGKILL: what was committed stays. */
TEST(processes_lose_nothing)
{
	pid_t pids[WRITERS];
	int status;

	arena_file_make(&arena, "arena", 2 * ARENA_WINDOW_CHUNKS);
	atomic_store(&shared, NULL);
	for (uintptr_t i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			writer((void *)i);
			kill(getpid(), SIGKILL);
		}
	}
	for (size_t i = 0; i < WRITERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGKILL);
	}
	check_all_there();
	arena_file_unmap(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(attach_refuses),
		IN_SCRATCH(claims_do_not_overlap),
		IN_SCRATCH(full),
		IN_SCRATCH(windows),
		IN_SCRATCH(record_round_trip),
		IN_SCRATCH(claim_filled_to_the_last_byte),
		IN_SCRATCH(text_too_long),
		IN_SCRATCH(torn_record),
		IN_SCRATCH(threads_lose_nothing),
		IN_SCRATCH(processes_lose_nothing),
	};

	return RUN_TESTS(tests);
}
