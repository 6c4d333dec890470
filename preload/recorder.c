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

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "preload/objects.h"
#include "preload/scope.h"
#include "wire/arena.h"
#include "wire/raw.h"

#define SEEN_SLOTS 4096u
#define SCRATCH_BUFFERS 16u

enum state { STATE_NEW, STATE_STARTING, STATE_ON, STATE_OFF };

/* Zero in a forked child. */
struct local {
	_Atomic(struct arena_chunk *) claim;
	_Atomic(struct arena_chunk *) pending;
	_Atomic uint32_t scratch;
};

static _Atomic int state;
static struct arena arena;
static struct local *local;
static struct local fallback; /* when the page cannot be had */
static char library[PATH_MAX];
static _Atomic uint32_t image; /* inherited by fork: then it is the parent's */
static _Atomic uint64_t seen[SEEN_SLOTS];
static char scratch[SCRATCH_BUFFERS][SCRATCH_SIZE];

static const char *variable(const char *name)
{
	size_t n = strlen(name);

	for (char **entry = environ; entry && *entry; entry++)
		if (!strncmp(*entry, name, n) && (*entry)[n] == '=')
			return *entry + n + 1;
	return NULL;
}

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

/*
 * Says that this image lives: which exec it answers, what was executed, and
 * what the loader mapped.
 */
static void hello(uint32_t serial)
{
	const char *execfn = (const char *)getauxval(AT_EXECFN);
	char *buffer = scratch_take();
	struct record_draft draft = {
		.type = RECORD_HELLO, .scope = SCOPE_BASE, .number = serial};
	long n;

	draft.scope = scope_in_force();
	if (!buffer)
		return;
	if (execfn) {
		draft.tail = (struct text){execfn, strlen(execfn)};
		if (*execfn != '/') {
			n = raw_getcwd(buffer, SCRATCH_SIZE);
			if (n > 1 && *buffer == '/')
				draft.dir =
					(struct text){buffer, (size_t)n - 1};
		}
	}
	/* Of an executed descriptor: its number says nothing afterwards. */
	if (execfn && !strncmp(execfn, "/dev/fd/", 8)) {
		n = raw_readlink("/proc/self/exe", buffer, SCRATCH_SIZE);
		draft.tail = (struct text){buffer, n > 0 ? (size_t)n : 0};
	}
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
}

static bool start(void)
{
	int expected = STATE_NEW;
	const char *session, *scope;
	uint32_t number = SCOPE_BASE, serial = 0;

	if (!atomic_compare_exchange_strong(&state, &expected, STATE_STARTING))
		return expected == STATE_ON;
	session = variable(SESSION_VARIABLE);
	scope = variable(SCOPE_VARIABLE);
	if (!session || *session != '/' ||
		!find_library(variable(PRELOAD_VARIABLE)) ||
		arena_attach(&arena, session) != 0) {
		atomic_store(&state, STATE_OFF);
		return false;
	}
	if (scope) {
		number = parse_number(&scope);
		if (*scope == '.') {
			scope++;
			serial = parse_number(&scope);
		}
	}
	make_local();
	scope_start(number ? number : SCOPE_BASE);
	atomic_store(&state, STATE_ON);
	hello(serial);
	if (serial)
		recorder_answered();
	return true;
}

bool recorder_on(void)
{
	int now = atomic_load_explicit(&state, memory_order_acquire);

	if (__builtin_expect(now == STATE_ON, 1))
		return true;
	return now == STATE_NEW && start();
}

void recorder_exit(int status)
{
	struct record_draft draft = {.type = RECORD_EXIT,
		.scope = scope_in_force(),
		.number = (uint32_t)status};

	objects_settle();
	if (recorder_on())
		recorder_write(&draft);
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
	if (recorder_on())
		atomic_fetch_add(&arena.header->forks, 1);
}

void recorder_born(void)
{
	struct record_draft draft = {
		.type = RECORD_FORKED, .scope = scope_in_force()};

	if (!recorder_on())
		return;
	recorder_write(&draft);
	atomic_fetch_add(&arena.header->births, 1);
}

static void at_exit(int status, void *unused)
{
	(void)unused;
	recorder_exit(status);
}

/*
 * A handler registered before main runs after the program's own. libc has
 * room for 32 of them without allocating.
 */
__attribute__((constructor)) static void construct(void)
{
	if (!recorder_on())
		return;
	on_exit(at_exit, NULL);
	pthread_atfork(recorder_fork, NULL, recorder_born);
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

void recorder_set_pending(bool pending)
{
	struct arena_chunk *chunk;

	if (!pending) {
		chunk = atomic_exchange(&local->pending, NULL);
		if (chunk)
			atomic_store(&chunk->pending, 0);
		return;
	}
	chunk = atomic_load(&local->claim);
	/* One claim carries the flag until all that is due is recorded. */
	if (chunk && !atomic_load(&local->pending)) {
		atomic_store(&chunk->pending, 1);
		atomic_store(&local->pending, chunk);
	}
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
