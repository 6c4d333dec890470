/* SPDX-License-Identifier: MIT */
/*
 * Which image executed which, how it ended, and arenas that a stray write of
 * a traced program has damaged.
 */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "fold/trace.h"
#include "tests/unit/arena_file.h"
#include "wire/kind.h"

static struct arena arena;
static struct trace trace;
static struct arena_chunk *chunk;

static int enter(void **state)
{
	if (scratch_enter(state))
		return -1;
	arena_file_make(&arena, "arena", 16);
	chunk = arena_file_claim(&arena, 2);
	return 0;
}

static int leave(void **state)
{
	trace_release(&trace);
	arena_file_unmap(&arena);
	return scratch_leave(state);
}

static struct arena_chunk *image(uint32_t pid, uint32_t parent)
{
	struct arena_chunk *fresh = arena_file_claim(&arena, 1);

	fresh->pid = pid;
	fresh->parent = parent;
	return fresh;
}

TEST(exec_in_place)
{
	struct arena_chunk *shell = image(7, 0), *program = image(7, 0);

	atomic_store(&arena.header->serials, 3);
	arena_file_append(&arena, shell, RECORD_EXEC, 3, "/bin/true");
	arena_file_append(&arena, program, RECORD_HELLO, 3, "/bin/true");
	arena_file_append(&arena, program, RECORD_EXIT, 42, "");
	trace_read(&trace, &arena);
	assert_int_equal(trace.image_count, 3);
	assert_int_equal(trace.images[1].successor, 2);
	assert_int_equal(trace.images[2].parent, 1);
	assert_int_equal(trace.images[2].successor, IMAGE_NONE);
	assert_int_equal(trace_image_status(&trace, 1), 42);
	assert_int_equal(trace_image_status(&trace, 2), 42);
	assert_int_equal(trace_image_status(&trace, 0), -1);
}

TEST(spawned_child)
{
	struct arena_chunk *parent = image(7, 0), *child = image(8, 0);

	atomic_store(&arena.header->serials, 1);
	arena_file_append(&arena, parent, RECORD_EXEC, 1, "/bin/true");
	arena_file_append(&arena, child, RECORD_HELLO, 1, "/bin/true");
	trace_read(&trace, &arena);
	assert_int_equal(trace.images[1].successor, IMAGE_NONE);
	assert_int_equal(trace.images[2].parent, 1);
}

TEST(forked_child)
{
	struct arena_chunk *parent = image(7, 0);
	struct arena_chunk *child = image(8, parent->image);

	trace_read(&trace, &arena);
	assert_int_equal(trace.images[2].number, child->image);
	assert_int_equal(trace.images[2].parent, 1);
	assert_null(trace.images[2].hello);
}

/* A process that had itself followed when it began. */
TEST(followed_from_inside)
{
	struct arena_chunk *inside = image(9, 0), *followed = image(9, 0);

	arena_file_append(&arena, inside, RECORD_HELLO, 0, "/bin/true");
	arena_file_append(&arena, followed, RECORD_ACCESS, 1, "/a");
	arena_file_append(&arena, followed, RECORD_EXIT, 3, "");
	trace_read(&trace, &arena);
	assert_int_equal(trace.images[2].parent, 1);
	assert_int_equal(trace_image_status(&trace, 1), 3);
}

TEST(first_image_has_no_parent)
{
	arena_file_append(&arena, chunk, RECORD_HELLO, 0, "/bin/true");
	trace_read(&trace, &arena);
	assert_int_equal(trace.images[0].parent, IMAGE_NONE);
	assert_non_null(trace.images[0].hello);
}

TEST(later_claims_of_an_image)
{
	struct arena_chunk *more = arena_claim(&arena, 1);

	more->image = chunk->image;
	arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "/a");
	arena_file_append(&arena, more, RECORD_ACCESS, 2, "/b");
	trace_read(&trace, &arena);
	assert_int_equal(trace.image_count, 1);
	assert_int_equal(trace.count, 2);
}

static struct wire_record *first_record(void)
{
	return (struct wire_record *)(chunk + 1);
}

/* A whole record before and after the one that each test damages. */
static void expect_damage(void)
{
	trace_read(&trace, &arena);
	assert_non_null(trace.lost);
	for (size_t i = 0; i < trace.count; i++)
		assert_ptr_not_equal(trace.events[i].record, first_record());
}

TEST(damaged_commit)
{
	static const uint32_t commits[] = {
		1, sizeof(struct wire_record) - 8, 41, 0x7ffffff8, UINT32_MAX};

	arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "/a");
	for (size_t i = 0; i < sizeof(commits) / sizeof(*commits); i++) {
		atomic_store(&first_record()->commit, commits[i]);
		expect_damage();
		trace_release(&trace);
	}
}

TEST(damaged_sizes)
{
	arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "/a");
	first_record()->size = UINT32_MAX;
	expect_damage();
	trace_release(&trace);
	first_record()->size = 2;
	first_record()->head = 3;
	expect_damage();
}

TEST(damaged_words)
{
	arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "/a");
	first_record()->access = ACCESS_KINDS;
	expect_damage();
	trace_release(&trace);
	first_record()->access = 0;
	first_record()->type = 0;
	expect_damage();
	trace_release(&trace);
	first_record()->type = RECORD_TYPES;
	expect_damage();
	trace_release(&trace);
	/* The fold makes room for as many scopes as the highest number. */
	first_record()->type = RECORD_SCOPE;
	first_record()->number = UINT32_MAX - 1;
	expect_damage();
}

/* Longer than any writer makes one; the fold has no room for it. */
TEST(damaged_long_text)
{
	struct arena_chunk *large = arena_file_claim(&arena, 8);
	uint32_t size = ARENA_TEXT_MAX + 1;
	struct wire_record *record = arena_reserve(&arena, large, size);

	record->type = RECORD_ACCESS;
	arena_commit(record);
	trace_read(&trace, &arena);
	assert_int_equal(trace.count, 0);
	assert_non_null(trace.lost);
}

TEST(damaged_claims)
{
	static const uint32_t counts[] = {
		0, 15, ARENA_WINDOW_CHUNKS + 1, 1u << 19, UINT32_MAX};

	arena_file_append(&arena, chunk, RECORD_ACCESS, 1, "/a");
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		chunk->count = counts[i];
		atomic_store(&chunk->used, UINT32_MAX);
		trace_read(&trace, &arena);
		assert_true(trace.count <= 1);
		trace_release(&trace);
	}
}

TEST(damaged_header)
{
	arena_file_append(&arena, chunk, RECORD_ACCESS, 0, "/a");
	atomic_store(&arena.header->taken, UINT64_MAX);
	atomic_store(&arena.header->ready, UINT64_MAX);
	atomic_store(&arena.header->images, UINT32_MAX);
	atomic_store(&arena.header->serials, UINT32_MAX);
	trace_read(&trace, &arena);
	assert_int_equal(trace.count, 1);
	assert_non_null(trace.lost);
}

#define HERE(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(exec_in_place),
		HERE(spawned_child),
		HERE(forked_child),
		HERE(followed_from_inside),
		HERE(first_image_has_no_parent),
		HERE(later_claims_of_an_image),
		HERE(damaged_commit),
		HERE(damaged_sizes),
		HERE(damaged_words),
		HERE(damaged_long_text),
		HERE(damaged_claims),
		HERE(damaged_header),
	};

	return RUN_TESTS(tests);
}
