/* SPDX-License-Identifier: MIT */
/*
 * Reading an arena that traced programs have written over.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold/trace.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/arena_file.h"
#include "wire/kind.h"

#define CHUNKS 24u

static struct arena arena;

/* Two images, one that executed the other, and a claim of several chunks. */
static void make_sound(void)
{
	struct arena_chunk *one, *two;
	char path[128];

	snprintf(path, sizeof(path), "%s/arena", fuzz_directory());
	arena_file_make(&arena, path, CHUNKS);
	one = arena_file_claim(&arena, 1);
	two = arena_file_claim(&arena, 8);
	atomic_store(&arena.header->serials, 2);
	arena_file_append(&arena, one, RECORD_HELLO, 0, "/bin/sh");
	arena_file_append(&arena, one, RECORD_EXEC, 1, "/bin/true");
	arena_file_append(&arena, two, RECORD_HELLO, 1, "/bin/true");
	arena_file_append(&arena, two, RECORD_ACCESS, 0, "/etc/passwd");
	arena_file_append(&arena, two, RECORD_SCOPE, 2, "unit/a/b");
	arena_file_append(&arena, two, RECORD_EXIT, 0, "");
}

static void check(const struct trace_event *event, const struct trace *trace)
{
	const char *first = (char *)arena.header + ARENA_HEADER;
	const char *last = first + CHUNKS * ARENA_CHUNK;
	const struct wire_record *record = event->record;

	if ((const char *)record < first || record->text > last ||
		record->size > (size_t)(last - record->text) ||
		record->head > record->size || record->access >= ACCESS_KINDS ||
		event->image >= trace->image_count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t sound[ARENA_HEADER + CHUNKS * ARENA_CHUNK];
	uint8_t *bytes;
	struct trace trace;

	if (!arena.header) {
		make_sound();
		memcpy(sound, arena.header, sizeof(sound));
	}
	bytes = (uint8_t *)arena.header;
	memcpy(bytes, sound, sizeof(sound));
	if (size) {
		/* The heads are where damage matters most. */
		size_t room = *data & 1 ? 128 : sizeof(sound);
		size_t from = *data & 2 ? ARENA_HEADER : 0;

		if (room > sizeof(sound) - from)
			room = sizeof(sound) - from;
		fuzz_patch(bytes + from, room, data + 1, size - 1);
	}
	trace_read(&trace, &arena);
	for (size_t i = 0; i < trace.count; i++)
		check(&trace.events[i], &trace);
	for (uint32_t i = 0; i < trace.image_count; i++)
		trace_image_status(&trace, i);
	trace_release(&trace);
	return 0;
}
