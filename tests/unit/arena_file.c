/* SPDX-License-Identifier: MIT */
#include "tests/unit/arena_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

void arena_file_make(struct arena *arena, const char *path, uint64_t chunks)
{
	static struct arena_header header;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0, path);
	must(ftruncate(fd, (off_t)(ARENA_HEADER + chunks * ARENA_CHUNK)) == 0,
		path);
	header = (struct arena_header){.magic = ARENA_MAGIC,
		.version = ARENA_VERSION,
		.ready = chunks,
		.scopes = SCOPE_BASE,
		.closed = 1};
	must(pwrite(fd, &header, sizeof(header), 0) == sizeof(header), path);
	close(fd);
	memset(arena, 0, sizeof(*arena));
	must(arena_attach(arena, path) == 0, path);
}

struct arena_chunk *arena_file_claim(struct arena *arena, uint32_t count)
{
	struct arena_chunk *chunk = arena_claim(arena, count);

	must(chunk != NULL, "arena_claim");
	chunk->image = atomic_fetch_add(&arena->header->images, 1) + 1;
	return chunk;
}

bool arena_file_append(struct arena *arena, struct arena_chunk *chunk,
	enum record_type type, uint32_t number, const char *text)
{
	uint32_t size = (uint32_t)strlen(text);
	struct wire_record *record = arena_reserve(arena, chunk, size);

	if (!record)
		return false;
	record->type = (uint8_t)type;
	record->scope = SCOPE_BASE;
	record->number = number;
	memcpy(record->text, text, size);
	arena_commit(record);
	return true;
}

void arena_file_unmap(struct arena *arena)
{
	munmap(arena->header, ARENA_HEADER + ARENA_WINDOW);
	for (size_t i = 1; i < ARENA_WINDOWS; i++)
		if (atomic_load(&arena->windows[i]))
			munmap(atomic_load(&arena->windows[i]), ARENA_WINDOW);
	memset(arena, 0, sizeof(*arena));
}
