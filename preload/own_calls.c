/* SPDX-License-Identifier: MIT */
#include "preload/own_calls.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "preload/objects.h"
#include "preload/observe.h"
#include "preload/recorder.h"
#include "preload/stubs.h"
#include "wire/raw.h"
#include "wire/verdict.h"

/* How far from code its stubs may lie, and the steps of looking for room. */
#define REACH ((uintptr_t)1 << 30)
#define STEP ((uintptr_t)1 << 24)

/* The instruction that enters the kernel. */
#if defined(__x86_64__)
#define SITE_BYTES 2u
#else
#define SITE_BYTES 4u
#endif

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* Where an object's sites are. */
struct own_text {
	uintptr_t base;     /* what addresses are counted from, modulo 2^64 */
	uintptr_t from, to; /* its code as far as it is known; to is 0: not */
	const struct own_site *sites;
	uint32_t count;
};

static uintptr_t page = 4096;
static struct text unseen; /* the first object whose calls nobody sees */

static bool own_calls_stat(
	int dir, const char *path, int flags, struct stat *st)
{
	return raw_call(SYS_newfstatat, dir, (long)path, (long)st, flags, 0,
		       0) == 0 &&
	       S_ISREG(st->st_mode);
}

static bool is_near(uintptr_t at, uintptr_t code)
{
	return at < code ? code - at < REACH : at - code < REACH;
}

/* Memory at the address, or, for 0, where the kernel wants it; 0: not near. */
static uint8_t *try_near(uintptr_t wanted, uintptr_t code, size_t size)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	long at;

	if (wanted)
		flags |= MAP_FIXED_NOREPLACE;
	at = raw_mmap((void *)(wanted & ~(page - 1)), size,
		PROT_READ | PROT_WRITE, flags, -1, 0);
	if (raw_failed(at))
		return NULL;
	if (is_near((uintptr_t)at, code))
		return (uint8_t *)at;
	raw_munmap((void *)at, size);
	return NULL;
}

/*
 * Memory near the code, or NULL. Above a program its heap grows: only where
 * there is nothing below, and then as far above as can be.
 */
static uint8_t *take_near(uintptr_t code, size_t size)
{
	uint8_t *found = try_near(0, code, size);

	for (uintptr_t far = STEP; !found && far < REACH && far < code;
		far += STEP)
		found = try_near(code - far, code, size);
	for (uintptr_t far = REACH - STEP; !found && far; far -= STEP)
		found = try_near(code + far, code, size);
	return found;
}

static bool own_calls_protect(uintptr_t from, uintptr_t to, int access)
{
	return raw_call(SYS_mprotect, (long)from, (long)(to - from), access, 0,
		       0, 0) == 0;
}

static uint8_t *instruction_of(
	const struct own_text *text, const struct own_site *site)
{
	return (uint8_t *)(text->base + site->address);
}

static uint8_t *stub_of(uint8_t *head, uint32_t i)
{
	return head + OWN_STUBS_HEAD + (size_t)i * OWN_STUB_BYTES;
}

/* The stubs of all sites, ready to be executed; NULL: they cannot be had. */
static uint8_t *make_stubs(const struct own_text *text, uintptr_t near)
{
	size_t size = OWN_STUBS_HEAD + (size_t)text->count * OWN_STUB_BYTES;
	bool whole = true;
	uint8_t *head;

	size = (size + page - 1) & ~(page - 1);
	head = take_near(near, size);
	if (!head)
		return NULL;
	own_stubs_begin(head);
	for (uint32_t i = 0; i < text->count; i++)
		whole &= own_stub_write(head, stub_of(head, i),
			instruction_of(text, &text->sites[i]), &text->sites[i]);
	if (whole && own_calls_protect((uintptr_t)head, (uintptr_t)head + size,
			     PROT_READ | PROT_EXEC))
		return head;
	raw_munmap(head, size);
	return NULL;
}

/* All or none. What is written is written to pages of this process's own. */
static bool own_calls_patch(const struct own_text *text)
{
	const struct own_site *first = &text->sites[0];
	const struct own_site *last = &text->sites[text->count - 1];
	uintptr_t from = text->base + first->address - first->before;
	uintptr_t to = text->base + last->address + SITE_BYTES + last->after;
	uint8_t *head = make_stubs(text, from);

	if (!head)
		return false;
	from &= ~(page - 1);
	to = (to + page - 1) & ~(page - 1);
	/* The stubs may stay: nobody comes to them. */
	if (!own_calls_protect(from, to, PROT_READ | PROT_WRITE | PROT_EXEC))
		return false;
	for (uint32_t i = 0; i < text->count; i++)
		own_stub_jump(stub_of(head, i),
			instruction_of(text, &text->sites[i]), &text->sites[i]);
	own_calls_protect(from, to, PROT_READ | PROT_EXEC);
	return true;
}

/* Leaves the sites that lie in what is known of the code. */
static void trim(struct own_text *text)
{
	while (text->to && text->count &&
		text->base + text->sites[0].address < text->from) {
		text->sites++;
		text->count--;
	}
	while (text->to && text->count &&
		text->base + text->sites[text->count - 1].address >= text->to)
		text->count--;
}

/* They lie where a stray write of any program can hit them. */
static bool own_calls_are_sound(const struct own_text *text)
{
	for (uint32_t i = 0; i < text->count; i++) {
		uintptr_t at = text->base + text->sites[i].address;

		if ((text->to &&
			    (at < text->from + text->sites[i].before ||
				    at + SITE_BYTES + text->sites[i].after >
					    text->to)) ||
			(i && text->sites[i].address <=
					text->sites[i - 1].address))
			return false;
	}
	return true;
}

/* Whether all calls that the object makes by itself are seen from now on. */
static bool own_calls_see(const struct verdict *verdict, struct own_text *text)
{
	if (verdict->kind == VERDICT_QUIET)
		return true;
	if (verdict->kind != VERDICT_SITES_ALL || !verdict->count ||
		verdict->first > VERDICT_SITES - verdict->count)
		return false;
	text->sites = recorder_own_sites() + verdict->first;
	text->count = verdict->count;
	if (verdict_sum(verdict, text->sites) != verdict->sum)
		return false;
	trim(text);
	return own_calls_are_sound(text) &&
	       (!text->count || own_calls_patch(text));
}

static void say_lost(const char *path, size_t size)
{
	static const char before[] = "it ran code of '";
	static const char behind[] = "', which calls the kernel itself";
	char *buffer = scratch_take();
	size_t n = sizeof(before) - 1;

	if (!buffer)
		return;
	if (size > SCRATCH_SIZE - sizeof(before) - sizeof(behind))
		size = SCRATCH_SIZE - sizeof(before) - sizeof(behind);
	memcpy(buffer, before, n);
	memcpy(buffer + n, path, size);
	memcpy(buffer + n + size, behind, sizeof(behind));
	recorder_lost_lasting(buffer);
	scratch_give(buffer);
}

void own_calls_lost(void)
{
	say_lost(unseen.bytes, unseen.size);
}

static bool start_object(const char *name, uintptr_t base)
{
	struct own_text text = {.base = base};
	struct verdict verdict;
	struct stat st;
	char *buffer;
	long n;

	if (!own_calls_stat(AT_FDCWD, name, 0, &st))
		return false;
	verdict = recorder_find_verdict(&st);
	if (verdict.kind == VERDICT_NONE) {
		buffer = scratch_take();
		n = buffer && !strncmp(name, "/proc/", 6)
			    ? raw_readlink(name, buffer, SCRATCH_SIZE - 1)
			    : 0;
		if (n > 0)
			buffer[n] = '\0';
		verdict = recorder_ask_verdict(&st, n > 0 ? buffer : name, -1);
		if (buffer)
			scratch_give(buffer);
	}
	return own_calls_see(&verdict, &text);
}

bool own_calls_start(const struct start *start)
{
	const char *program =
		start->loader ? "/proc/self/exe" : start->executed;
	const char *name;
	uintptr_t base;
	bool whole = true;

	page = start->page_size ? start->page_size : page;
	for (size_t i = 0; (name = objects_at(i, &base)); i++) {
		if (!i && program)
			name = program;
		/* The C library and the loader are patched as such. */
		if (!strchr(name, '/') || (i && objects_is_library(name)) ||
			!strcmp(name, recorder_library()) ||
			start_object(name, base))
			continue;
		if (!i && start->executed)
			name = start->executed;
		if (whole)
			unseen = (struct text){name, strlen(name)};
		whole = false;
	}
	return whole;
}

void own_calls_mapped(
	int fd, uintptr_t at, size_t size, uint64_t offset, bool shared)
{
	struct own_text text = {.from = at, .to = at + size};
	struct verdict verdict;
	char *path;
	struct stat st;
	long n;

	if (raw_call(SYS_fstat, fd, (long)&st, 0, 0, 0, 0) < 0 ||
		!S_ISREG(st.st_mode))
		return;
	verdict = recorder_find_verdict(&st);
	if (verdict.kind == VERDICT_QUIET)
		return;
	path = scratch_take();
	if (!path) {
		recorder_lost("too many calls at once");
		return;
	}
	n = fd_path(fd, path);
	n = n > 0 && n < (long)SCRATCH_SIZE ? n : 0;
	path[n] = '\0';
	if (verdict.kind == VERDICT_NONE)
		verdict = recorder_ask_verdict(&st, path, fd);
	text.base = at - offset - verdict.shift;
	if (shared && verdict.kind == VERDICT_SITES_ALL)
		verdict.kind = VERDICT_CALLS;
	/* Of a second C library it is said already. */
	if (!objects_is_core(path) && !own_calls_see(&verdict, &text))
		say_lost(path, (size_t)n);
	scratch_give(path);
}
