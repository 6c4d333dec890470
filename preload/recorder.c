/* SPDX-License-Identifier: MIT */
/*
 * Attaches to the session named by the environment and appends records.
 *
 * What must not be shared with a forked child (the claim it appends to, the
 * scratch buffers in use) lives in a page that the kernel wipes at fork; so
 * no record needs a getpid. A vfork child shares it with its suspended
 * parent, which is right: it runs in the parent's memory.
 */
#include "preload/recorder.h"

#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "preload/objects.h"
#include "preload/scope.h"
#include "wire/raw.h"

#define SEEN_SLOTS 4096u
#define SCRATCH_BUFFERS 16u

/* Zero in a forked child. */
struct local {
	_Atomic(struct arena_chunk *) claim;
	_Atomic uint32_t scratch;
};

static struct arena arena;
static struct local *local;
static struct local fallback; /* when the page cannot be had */
static char library[PATH_MAX];
static uint32_t answer; /* the serial of the exec that started this image */
static _Atomic uint32_t image; /* inherited by fork: then it is the parent's */
static _Atomic uint64_t seen[SEEN_SLOTS];
static char scratch[SCRATCH_BUFFERS][SCRATCH_SIZE];

/* The entry of LD_PRELOAD that is this library; how we know our own path. */
static bool find_library(const char *preload)
{
	static const char suffix[] = "/" LIBRARY_NAME;

	while (preload && *preload) {
		size_t n = strcspn(preload, ": ");

		if (n >= sizeof(suffix) - 1 && n < sizeof(library) &&
			!memcmp(preload + n - (sizeof(suffix) - 1), suffix,
				sizeof(suffix) - 1)) {
			memcpy(library, preload, n);
			library[n] = '\0';
			return true;
		}
		preload += n + (preload[n] != '\0');
	}
	return false;
}

static void make_local(void)
{
	long page = raw_mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	local = &fallback;
	if (page < 0 && page >= -4095)
		return;
	if (raw_madvise((void *)page, 4096, MADV_WIPEONFORK) == 0)
		local = (struct local *)page;
	else
		raw_munmap((void *)page, 4096);
}

static uint32_t parse_number(const char **text)
{
	uint32_t value = 0;

	while (**text >= '0' && **text <= '9')
		value = value * 10 + (uint32_t)(*(*text)++ - '0');
	return value;
}

/* What the kernel executed; the number behind /dev/fd says nothing later. */
static void put_executed(struct record_draft *draft, const char *executed,
	char *buffer)
{
	long n;

	if (!executed)
		return;
	draft->tail = (struct text){executed, strlen(executed)};
	if (!strncmp(executed, "/dev/fd/", 8)) {
		n = raw_readlink("/proc/self/exe", buffer, SCRATCH_SIZE);
		draft->tail = (struct text){buffer, n > 0 ? (size_t)n : 0};
	} else if (*executed != '/') {
		n = raw_getcwd(buffer, SCRATCH_SIZE);
		if (n > 1 && *buffer == '/')
			draft->dir = (struct text){buffer, (size_t)n - 1};
	}
}

void recorder_hello(const struct start *start)
{
	char *buffer = scratch_take();
	const char *search = start_variable(start, "LD_LIBRARY_PATH");
	struct record_draft draft = {.type = RECORD_HELLO,
		.scope = scope_in_force(),
		.number = answer};
	long n;

	if (search)
		draft.head = (struct text){search, strlen(search)};
	put_executed(&draft, start->executed, buffer);
	recorder_write(&draft);
	n = raw_readlink("/proc/self/exe", buffer, SCRATCH_SIZE);
	if (n > 0 && *buffer == '/') {
		draft = (struct record_draft){.type = RECORD_ACCESS,
			.access = ACCESS_READ,
			.scope = scope_in_force(),
			.tail = {buffer, (size_t)n}};
		recorder_write(&draft);
	}
	scratch_give(buffer);
	objects_record();
	if (answer)
		recorder_answered();
}

bool recorder_start(const struct start *start)
{
	const char *session = start_variable(start, SESSION_VARIABLE);
	const char *scope = start_variable(start, SCOPE_VARIABLE);
	uint32_t number = SCOPE_BASE;

	if (!session || *session != '/' ||
		!find_library(start_variable(start, PRELOAD_VARIABLE)) ||
		arena_attach(&arena, session) != 0)
		return false;
	if (scope) {
		number = parse_number(&scope);
		if (*scope == '.') {
			scope++;
			answer = parse_number(&scope);
		}
	}
	make_local();
	scope_start(number ? number : SCOPE_BASE);
	return true;
}

void recorder_exit(int status)
{
	struct record_draft draft = {.type = RECORD_EXIT,
		.scope = scope_in_force(),
		.number = (uint32_t)status};

	recorder_write(&draft);
}

void recorder_lost(const char *reason)
{
	struct record_draft draft = {.type = RECORD_LOST,
		.scope = scope_in_force(),
		.tail = {reason, strlen(reason)}};

	if (recorder_is_new(&draft))
		recorder_write(&draft);
}

struct site_table *recorder_site_tables(void)
{
	return arena.header->tables;
}

void recorder_announced(void)
{
	atomic_fetch_add(&arena.header->announced, 1);
}

void recorder_answered(void)
{
	atomic_fetch_add(&arena.header->answered, 1);
}

void recorder_fork(void)
{
	atomic_fetch_add(&arena.header->forks, 1);
}

void recorder_fork_failed(void)
{
	atomic_fetch_sub(&arena.header->forks, 1);
}

void recorder_born(void)
{
	struct record_draft draft = {
		.type = RECORD_FORKED, .scope = scope_in_force()};

	recorder_write(&draft);
	atomic_fetch_add(&arena.header->births, 1);
}

const char *recorder_session(void)
{
	return arena.path;
}

const char *recorder_library(void)
{
	return library;
}

uint32_t recorder_serial(void)
{
	return atomic_fetch_add(&arena.header->serials, 1) + 1;
}

uint32_t recorder_new_scope(void)
{
	return atomic_fetch_add(&arena.header->scopes, 1) + 1;
}

/* Claims room for a record of `bytes` and makes it the process's own. */
static struct arena_chunk *claim(struct arena_chunk *old, uint64_t bytes)
{
	uint64_t room = bytes + sizeof(struct arena_chunk);
	uint32_t count = (uint32_t)((room + ARENA_CHUNK - 1) / ARENA_CHUNK);
	uint32_t parent = 0;
	struct arena_chunk *fresh;

	if (old && count < ARENA_NEXT_CHUNKS)
		count = ARENA_NEXT_CHUNKS;
	fresh = arena_claim(&arena, count);
	if (!fresh)
		return NULL;
	if (!old) {
		/* The first claim since the exec or the fork: a new image. */
		parent = atomic_load(&image);
		atomic_store(
			&image, atomic_fetch_add(&arena.header->images, 1) + 1);
	}
	fresh->image = atomic_load(&image);
	fresh->parent = parent;
	if (atomic_compare_exchange_strong(&local->claim, &old, fresh))
		return fresh;
	return old; /* another thread was faster; ours stays empty */
}

void recorder_write(const struct record_draft *draft)
{
	size_t slash = draft->dir.size ? 1 : 0;
	size_t size =
		draft->head.size + draft->dir.size + slash + draft->tail.size;
	struct arena_chunk *chunk = atomic_load(&local->claim);
	struct wire_record *record = NULL;
	char *at;

	if (size > ARENA_TEXT_MAX) {
		arena_set_lost(&arena, ARENA_FULL);
		return;
	}
	if (chunk)
		record = arena_reserve(&arena, chunk, (uint32_t)size);
	while (!record) {
		chunk = claim(chunk, record_bytes(size));
		if (!chunk)
			return;
		record = arena_reserve(&arena, chunk, (uint32_t)size);
	}
	record->type = (uint8_t)draft->type;
	record->access = draft->access;
	record->flags = draft->flags;
	record->scope = draft->scope;
	record->number = draft->number;
	record->head = (uint32_t)draft->head.size;
	at = record->text;
	memcpy(at, draft->head.bytes ? draft->head.bytes : "",
		draft->head.size);
	at += draft->head.size;
	if (slash) {
		memcpy(at, draft->dir.bytes, draft->dir.size);
		at += draft->dir.size;
		*at++ = '/';
	}
	memcpy(at, draft->tail.bytes ? draft->tail.bytes : "",
		draft->tail.size);
	arena_commit(record);
}

bool recorder_is_new(const struct record_draft *draft)
{
	uint64_t key = XXH3_64bits(draft->tail.bytes, draft->tail.size);
	uint64_t what = (uint64_t)draft->type << 56 |
			(uint64_t)draft->access << 48 |
			(uint64_t)draft->flags << 32 | draft->scope;
	_Atomic uint64_t *slot;

	if (draft->dir.size)
		key ^= XXH3_64bits_withSeed(
			draft->dir.bytes, draft->dir.size, 1);
	if (draft->head.size)
		key ^= XXH3_64bits_withSeed(
			draft->head.bytes, draft->head.size, 2);
	key ^= XXH3_64bits_withSeed(&what, sizeof(what), 3);
	slot = &seen[key % SEEN_SLOTS];
	if (atomic_load_explicit(slot, memory_order_relaxed) == key)
		return false;
	atomic_store_explicit(slot, key, memory_order_relaxed);
	return true;
}

char *scratch_take(void)
{
	uint32_t busy = atomic_load(&local->scratch);

	while (busy != (1u << SCRATCH_BUFFERS) - 1) {
		uint32_t i = (uint32_t)__builtin_ctz(~busy);

		if (atomic_compare_exchange_weak(
			    &local->scratch, &busy, busy | 1u << i))
			return scratch[i];
	}
	return NULL;
}

void scratch_give(char *buffer)
{
	uint32_t i = (uint32_t)((buffer - scratch[0]) / SCRATCH_SIZE);

	atomic_fetch_and(&local->scratch, ~(1u << i));
}
