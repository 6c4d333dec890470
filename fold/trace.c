/* SPDX-License-Identifier: MIT */
#include "fold/trace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "wire/kind.h"

/*
 * The arena lies in the memory of every traced program, where a stray write
 * can hit it: what is read from it is believed only within these bounds.
 */
static const char damaged[] = "the trace was damaged";

/* No number that processes give out gets higher than there are records. */
static uint64_t numbers_most(uint64_t chunks)
{
	return chunks * (ARENA_CHUNK / sizeof(struct wire_record));
}

static bool trace_is_sound(
	const struct wire_record *record, uint32_t commit, uint64_t chunks)
{
	if (commit < sizeof(*record) || commit % RECORD_ALIGN ||
		record->size > ARENA_TEXT_MAX ||
		record_bytes(record->size) > commit ||
		record->head > record->size || record->access >= ACCESS_KINDS ||
		record->type < RECORD_ACCESS || record->type >= RECORD_TYPES)
		return false;
	return record->type == RECORD_EXIT ||
	       record->number <= numbers_most(chunks);
}

static uint32_t image_numbered(const struct trace *trace, uint32_t number)
{
	if (number == 0 || number > trace->last_number)
		return IMAGE_NONE;
	return trace->by_number[number];
}

static uint32_t image_of(struct trace *trace, const struct arena_chunk *chunk)
{
	uint32_t i = image_numbered(trace, chunk->image);
	struct trace_image *image;

	if (i != IMAGE_NONE)
		return i;
	image = array_add(&trace->images, &trace->image_count,
		&trace->image_room, sizeof(*image));
	image->number = chunk->image;
	image->parent = chunk->parent; /* a number until all are known */
	image->pid = chunk->pid;
	image->successor = IMAGE_NONE;
	i = (uint32_t)(image - trace->images);
	trace->by_number[chunk->image] = i;
	return i;
}

static void read_chunk(
	struct trace *trace, const struct arena_chunk *chunk, uint64_t chunks)
{
	uint32_t size = chunk->count * ARENA_CHUNK;
	uint32_t used = atomic_load(&chunk->used);
	uint32_t end = atomic_load(&chunk->end);
	uint32_t image = image_of(trace, chunk);
	uint32_t at = sizeof(*chunk), commit;

	while (at < used && at + sizeof(struct wire_record) <= size &&
		at != end) {
		const struct wire_record *record =
			(const void *)((const char *)chunk + at);
		struct trace_event *event;

		commit = atomic_load_explicit(
			&record->commit, memory_order_acquire);
		if (commit > size - at ||
			!trace_is_sound(record, commit, chunks)) {
			trace->lost = "a process was killed while it recorded";
			/* How long it was to be is written first. */
			if (commit || !record->size ||
				record_bytes(record->size) > size - at)
				return;
			at += (uint32_t)record_bytes(record->size);
			continue;
		}
		event = array_add(&trace->events, &trace->count, &trace->room,
			sizeof(*event));
		event->clock = record->clock;
		event->record = record;
		event->image = image;
		at += commit;
	}
}

static int by_clock(const void *a, const void *b)
{
	const struct trace_event *x = a, *y = b;

	return x->clock < y->clock ? -1 : x->clock > y->clock;
}

/*
 * A process that had itself followed when it began goes on in the image that
 * its follower writes: what comes of it is that of the image with the hello.
 */
static void trace_link_followed(struct trace *trace, uint32_t i)
{
	struct trace_image *image = &trace->images[i];
	uint32_t best = IMAGE_NONE;

	if (image->hello || image->parent != IMAGE_NONE)
		return;
	for (uint32_t k = 0; k < trace->image_count; k++) {
		const struct trace_image *other = &trace->images[k];

		if (other->hello && other->pid == image->pid &&
			other->successor == IMAGE_NONE &&
			other->number < image->number &&
			(best == IMAGE_NONE ||
				other->number > trace->images[best].number))
			best = k;
	}
	if (best == IMAGE_NONE)
		return;
	image->parent = best;
	trace->images[best].successor = i;
}

/* Which image executed which: the answer to an exec carries its serial. */
static void link_images(struct trace *trace, uint32_t serials)
{
	uint32_t *from = xcalloc(serials + 1, sizeof(*from));

	for (size_t i = 0; i < trace->image_count; i++)
		trace->images[i].parent =
			image_numbered(trace, trace->images[i].parent);
	for (size_t i = 0; i < trace->count; i++) {
		const struct wire_record *record = trace->events[i].record;
		uint32_t self = trace->events[i].image;
		struct trace_image *image = &trace->images[self];

		if (record->type == RECORD_EXIT) {
			image->exit = record;
		} else if (record->type == RECORD_EXEC &&
			   record->number <= serials) {
			from[record->number] = self + 1;
		} else if (record->type == RECORD_HELLO) {
			image->hello = record;
			if (record->number > serials || !from[record->number])
				continue;
			image->parent = from[record->number] - 1;
			if (trace->images[image->parent].pid == image->pid)
				trace->images[image->parent].successor = self;
		}
	}
	free(from);
	for (uint32_t i = 0; i < trace->image_count; i++)
		trace_link_followed(trace, i);
}

uint64_t trace_chunks(const struct arena *arena)
{
	uint64_t ready = atomic_load(&arena->header->ready), most = 0;
	struct stat st;

	if (stat(arena->path, &st) == 0 && st.st_size > (off_t)ARENA_HEADER)
		most = ((uint64_t)st.st_size - ARENA_HEADER) / ARENA_CHUNK;
	return ready < most ? ready : most;
}

/* Whether the claim at chunk number i can be one. */
static bool is_claim(
	const struct arena_chunk *chunk, uint64_t i, uint64_t ready)
{
	return chunk->count <= ready - i &&
	       i % ARENA_WINDOW_CHUNKS + chunk->count <= ARENA_WINDOW_CHUNKS;
}

/* Every image has a claim of its own, so there are no more than chunks. */
static void make_numbers(struct trace *trace, uint32_t images, uint64_t ready)
{
	trace->last_number = images;
	if (images > ready) {
		trace->last_number = (uint32_t)ready;
		trace->lost = damaged;
	}
	trace->by_number = xcalloc(
		(size_t)trace->last_number + 1, sizeof(*trace->by_number));
	memset(trace->by_number, 0xff,
		((size_t)trace->last_number + 1) * sizeof(*trace->by_number));
}

void trace_read(struct trace *trace, struct arena *arena)
{
	struct arena_header *header = arena->header;
	uint64_t taken = atomic_load(&header->taken);
	uint64_t ready = trace_chunks(arena);
	uint64_t serials = atomic_load(&header->serials);
	uint32_t lost = atomic_load(&header->lost);
	uint64_t i = 0;

	memset(trace, 0, sizeof(*trace));
	make_numbers(trace, atomic_load(&header->images), ready);
	while (i < taken && i < ready) {
		const struct arena_chunk *chunk = arena_chunk_at(arena, i);

		if (!chunk) {
			lost |= ARENA_UNMAPPED;
			break;
		}
		/* A claim that was given up, or its process died at once. */
		if (!chunk->count) {
			i++;
			continue;
		}
		if (!is_claim(chunk, i, ready) ||
			chunk->image > trace->last_number) {
			trace->lost = damaged;
			i++;
			continue;
		}
		if (chunk->image)
			read_chunk(trace, chunk, ready);
		i += chunk->count;
	}
	if (trace->count)
		qsort(trace->events, trace->count, sizeof(*trace->events),
			by_clock);
	if (serials > numbers_most(ready))
		serials = numbers_most(ready);
	link_images(trace, (uint32_t)serials);
	if (lost & ARENA_FULL)
		trace->lost = "there was no room for the trace";
	else if (lost)
		trace->lost = "a process could not write to the trace";
}

void trace_release(struct trace *trace)
{
	free(trace->events);
	free(trace->images);
	free(trace->by_number);
	memset(trace, 0, sizeof(*trace));
}

/* The image that the program ended as, having executed others or none. */
static const struct trace_image *trace_last(
	const struct trace *trace, uint32_t image)
{
	for (size_t i = 0; i <= trace->image_count; i++) {
		const struct trace_image *self = &trace->images[image];

		if (self->successor == IMAGE_NONE)
			return self;
		image = self->successor;
	}
	return &trace->images[image];
}

int trace_image_status(const struct trace *trace, uint32_t image)
{
	const struct wire_record *exit = trace_last(trace, image)->exit;

	return exit ? (int)exit->number : -1;
}

int64_t trace_image_duration(const struct trace *trace, uint32_t image)
{
	const struct wire_record *exit = trace_last(trace, image)->exit;
	int64_t duration = 0;

	if (!exit || !exit->size || exit->size > 15)
		return -1;
	for (uint32_t i = 0; i < exit->size; i++) {
		if (exit->text[i] < '0' || exit->text[i] > '9')
			return -1;
		duration = duration * 10 + (exit->text[i] - '0');
	}
	return duration;
}
