/* SPDX-License-Identifier: MIT */
/*
 * The side of the arena that every process shares; making and growing it is
 * the supervisor's (tracer/session.c).
 */
#include "wire/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <time.h>

#include "wire/raw.h"

/* How long a process waits for the supervisor before it gives a record up. */
#define WAIT_STEPS 200
#define WAIT_STEP_NS 1000000

static long map_range(const char *path, size_t size, uint64_t offset)
{
	int fd = raw_openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC);
	long address;

	if (fd < 0)
		return fd;
	address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		(long)offset);
	raw_close(fd);
	/* Reading ahead would clear megabytes that nobody may ever need. */
	if (!raw_failed(address))
		raw_madvise((void *)address, size, MADV_RANDOM);
	return address;
}

int arena_attach(struct arena *arena, const char *path)
{
	size_t n = 0;
	long address;
	struct arena_header *header;

	while (path[n] && n < sizeof(arena->path) - 1) {
		arena->path[n] = path[n];
		n++;
	}
	if (path[n])
		return -ENAMETOOLONG;
	arena->path[n] = '\0';
	address = map_range(path, ARENA_HEADER + ARENA_WINDOW, 0);
	if (raw_failed(address))
		return (int)address;
	header = (struct arena_header *)address;
	if (header->magic != ARENA_MAGIC || header->version != ARENA_VERSION) {
		raw_munmap(header, ARENA_HEADER + ARENA_WINDOW);
		return -EPROTO;
	}
	atomic_store(&arena->windows[0], (char *)address + ARENA_HEADER);
	arena->header = header;
	return 0;
}

static char *window_at(struct arena *arena, uint64_t i)
{
	char *window, *none = NULL;
	long address;

	if (i >= ARENA_WINDOWS)
		return NULL;
	window = atomic_load(&arena->windows[i]);
	if (window)
		return window;
	address = map_range(
		arena->path, ARENA_WINDOW, ARENA_HEADER + i * ARENA_WINDOW);
	if (raw_failed(address))
		return NULL;
	window = (char *)address;
	/* Another thread may have mapped it meanwhile: one of them is kept. */
	if (!atomic_compare_exchange_strong(
		    &arena->windows[i], &none, window)) {
		raw_munmap(window, ARENA_WINDOW);
		window = none;
	}
	return window;
}

struct arena_chunk *arena_chunk_at(struct arena *arena, uint64_t i)
{
	char *window = window_at(arena, i / ARENA_WINDOW_CHUNKS);

	if (!window)
		return NULL;
	return (struct arena_chunk *)(window +
				      i % ARENA_WINDOW_CHUNKS * ARENA_CHUNK);
}

void arena_set_lost(struct arena *arena, enum arena_loss why)
{
	atomic_fetch_or(&arena->header->lost, why);
}

static void ask_for_more(struct arena_header *header)
{
	atomic_fetch_add(&header->wanted, 1);
	raw_futex(&header->wanted, FUTEX_WAKE, 1, NULL);
}

static bool wait_ready(struct arena_header *header, uint64_t upto)
{
	struct timespec step = {0, WAIT_STEP_NS};

	for (int i = 0; i < WAIT_STEPS; i++) {
		if (atomic_load(&header->ready) >= upto)
			return true;
		if (atomic_load(&header->closed))
			return false;
		ask_for_more(header);
		raw_nanosleep(&step);
	}
	/* Whoever comes next need not wait for a supervisor that is gone. */
	atomic_store(&header->closed, 1);
	return false;
}

struct arena_chunk *arena_claim(struct arena *arena, uint32_t count)
{
	struct arena_header *header = arena->header;
	struct arena_chunk *chunk;
	uint64_t first, ready;

	/* A claim must not lie across two windows: the tail is given up. */
	do {
		first = atomic_fetch_add(&header->taken, count);
	} while (first / ARENA_WINDOW_CHUNKS !=
		 (first + count - 1) / ARENA_WINDOW_CHUNKS);
	ready = atomic_load(&header->ready);
	if (first + count + ARENA_WINDOW_CHUNKS / 2 > ready &&
		first % 64 < count)
		ask_for_more(header);
	if (first + count > ready && !wait_ready(header, first + count)) {
		arena_set_lost(arena, ARENA_FULL);
		return NULL;
	}
	chunk = arena_chunk_at(arena, first);
	if (!chunk) {
		arena_set_lost(arena, ARENA_UNMAPPED);
		return NULL;
	}
	chunk->pid = (uint32_t)raw_getpid();
	chunk->count = count;
	atomic_store(&chunk->used, (uint32_t)sizeof(*chunk));
	return chunk;
}

struct wire_record *arena_reserve(
	struct arena *arena, struct arena_chunk *chunk, uint32_t text)
{
	uint32_t need = (uint32_t)record_bytes(text);
	uint32_t size = chunk->count * ARENA_CHUNK;
	uint32_t at = atomic_load(&chunk->used);
	struct wire_record *record;

	/* Do not let `used` run away when a full chunk is asked again. */
	if (at > size)
		return NULL;
	at = atomic_fetch_add(&chunk->used, need);
	if (at > size || need > size - at) {
		if (at <= size)
			atomic_store(&chunk->end, at);
		return NULL;
	}
	record = (struct wire_record *)((char *)chunk + at);
	record->size = text;
	record->head = 0;
	record->flags = 0;
	record->access = 0;
	record->number = 0;
	record->clock = atomic_fetch_add(&arena->header->clock, 1);
	return record;
}

void arena_commit(struct wire_record *record)
{
	atomic_store_explicit(&record->commit,
		(uint32_t)record_bytes(record->size), memory_order_release);
}
