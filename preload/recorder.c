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

#include "preload/objects.h"
#include "preload/scope.h"
#include "wire/raw.h"

#define SCRATCH_BUFFERS 64u

/* Zero in a forked child. */
struct local {
	_Atomic(struct arena_chunk *) claim;
	_Atomic uint64_t scratch; /* a bit for each that is in use */
};

static struct arena arena;
static struct local *local;
static struct local fallback; /* when the page cannot be had */
static char library[PATH_MAX];
static _Atomic bool elsewhere, quiet, followed;
static uint32_t answer; /* the serial of the exec that started this image */
static _Atomic uint32_t image; /* inherited by fork: then it is the parent's */
static struct repeats repeats;
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
	if (raw_failed(page))
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

/* The file that the kernel started, or NULL. */
static const char *read_executable(char *buffer)
{
	long n = raw_readlink("/proc/self/exe", buffer, SCRATCH_SIZE - 1);

	if (n <= 0 || *buffer != '/')
		return NULL;
	buffer[n] = '\0';
	return buffer;
}

/*
 * What the kernel executed. The number behind /dev/fd says nothing later, and
 * a loader that was executed itself puts its program's name there.
 */
static void put_executed(
	struct record_draft *draft, const struct start *start, char *buffer)
{
	const char *executed = start->executed;
	long n;

	if (!start->loader || (executed && !strncmp(executed, "/dev/fd/", 8)))
		executed = read_executable(buffer);
	if (!executed)
		return;
	draft->tail = (struct text){executed, strlen(executed)};
	if (*executed != '/') {
		n = raw_getcwd(buffer, SCRATCH_SIZE);
		if (n > 1 && *buffer == '/')
			draft->dir = (struct text){buffer, (size_t)n - 1};
	}
}

void recorder_hello(const struct start *start)
{
	char *buffer = scratch_take();
	struct record_draft draft = {.type = RECORD_HELLO,
		.flags = start->glibc ? 0 : RECORD_MUSL,
		.scope = scope_in_force(),
		.number = answer};

	put_executed(&draft, start, buffer);
	recorder_write(&draft);
	objects_record(start,
		start->loader ? read_executable(buffer) : start->executed);
	scratch_give(buffer);
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
	/* The follower sees this program, and all that it does. */
	if (follow_is_on(&arena))
		return false;
	if (scope) {
		number = parse_number(&scope);
		if (*scope == '.') {
			scope++;
			answer = parse_number(&scope);
		}
		if (!strcmp(scope, SCOPE_SPOKEN))
			scope_set_spoken();
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

	recorder_write_once(&draft);
}

void recorder_lost_lasting(const char *reason)
{
	struct record_draft draft = {.type = RECORD_LOST,
		.flags = RECORD_LASTING,
		.scope = scope_in_force(),
		.tail = {reason, strlen(reason)}};

	recorder_write(&draft);
}

enum follow_answer recorder_follow(uint32_t serial)
{
	enum follow_answer told = follow_ask(&arena, scope_in_force(), serial);

	if (told == FOLLOWED && serial == FOLLOW_NO_EXEC)
		atomic_store(&followed, true);
	return told;
}

bool recorder_is_followed(void)
{
	return atomic_load_explicit(&followed, memory_order_relaxed);
}

struct verdict recorder_find_verdict(const struct stat *st)
{
	return verdict_find(&arena, st);
}

struct verdict recorder_ask_verdict(
	const struct stat *st, const char *path, int fd)
{
	return verdict_ask(&arena, st, path, fd);
}

const struct own_site *recorder_own_sites(void)
{
	return arena.header->verdicts.sites;
}

struct site_table *recorder_site_tables(void)
{
	return arena.header->tables;
}

void recorder_set_elsewhere(void)
{
	atomic_store(&elsewhere, true);
}

bool recorder_is_elsewhere(void)
{
	return atomic_load(&elsewhere);
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

void recorder_write(const struct record_draft *draft)
{
	writer_write(&arena, &local->claim, &image, draft);
}

void recorder_write_once(const struct record_draft *draft)
{
	uint64_t key = repeats_key(draft);

	if (repeats_has(&repeats, key))
		return;
	recorder_write(draft);
	repeats_add(&repeats, key);
}

void recorder_forget(void)
{
	repeats_forget(&repeats);
}

void recorder_set_quiet(void)
{
	recorder_lost("it filters its system calls");
	atomic_store(&quiet, true);
}

bool recorder_is_quiet(void)
{
	return atomic_load_explicit(&quiet, memory_order_relaxed);
}

/* Threads that are cancelled inside a call never give theirs back. */
static char *scratch_map(void)
{
	long address = raw_mmap(NULL, SCRATCH_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return raw_failed(address) ? NULL : (char *)address;
}

char *scratch_take(void)
{
	uint64_t busy = atomic_load(&local->scratch);

	while (busy != UINT64_MAX) {
		uint32_t i = (uint32_t)__builtin_ctzll(~busy);

		if (atomic_compare_exchange_weak(
			    &local->scratch, &busy, busy | UINT64_C(1) << i))
			return scratch[i];
	}
	return scratch_map();
}

void scratch_give(char *buffer)
{
	uintptr_t i = ((uintptr_t)buffer - (uintptr_t)scratch) / SCRATCH_SIZE;

	if (i < SCRATCH_BUFFERS)
		atomic_fetch_and(&local->scratch, ~(UINT64_C(1) << i));
	else
		raw_munmap(buffer, SCRATCH_SIZE);
}
