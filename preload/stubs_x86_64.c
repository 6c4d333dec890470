/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)
#include "preload/stubs.h"

#include <string.h>
#include <sys/mman.h>

#include "preload/patch.h"
#include "wire/raw.h"

#define JMP_REL32 0xe9
#define JMP_BYTES 5
#define SYSCALL_BYTES 2
#define RET 0xc3

/* Two bytes that are never executed: ud2. */
#define NEVER 0x0b0f

#define PAGE 4096

extern const uint8_t site_stubs[];
extern uint8_t site_copies[];

/* Where a copying stub goes on when the call is still to be made. */
uintptr_t site_again[STUBS_COPY];
/* Whether the function ends there, so that it can be called for the call. */
static bool returns[STUBS_COPY];

long site_call(const struct site_frame *frame, uintptr_t again);

static bool write_jump(uint8_t *site, const uint8_t *stub)
{
	int64_t distance = (int64_t)stub - (int64_t)(site + JMP_BYTES);
	int32_t relative = (int32_t)distance;

	if (relative != distance)
		return false;
	memcpy(site + 1, &relative, sizeof(relative));
	site[0] = JMP_REL32;
	return true;
}

/* They read from tables where to go on. */
bool stubs_open(bool writable)
{
	(void)writable;
	return true;
}

bool stub_write_jump(
	uint8_t *site, size_t size, uint32_t place, uintptr_t resume)
{
	(void)resume; /* the stub has it from a table */
	if (!write_jump(site, site_stubs + (size_t)place * STUB_BYTES))
		return false;
	for (size_t i = JMP_BYTES; i < size; i++)
		site[i] = (uint8_t)(NEVER >> (i - JMP_BYTES) % 2 * 8);
	return true;
}

static bool stubs_x86_64_protect(int protection)
{
	return raw_call(SYS_mprotect, (long)site_copies, PAGE, protection, 0, 0,
		       0) == 0;
}

bool stub_copy_jump(uint8_t *site, uint32_t place)
{
	size_t which = place - STUBS_COMPARE;
	uint8_t *stub = site_copies + which * STUB_BYTES;

	if (!stubs_x86_64_protect(PROT_READ | PROT_WRITE))
		return false;
	memcpy(stub, site, JMP_BYTES);
	site_again[which] = (uintptr_t)site + JMP_BYTES;
	returns[which] = site[JMP_BYTES + SYSCALL_BYTES] == RET;
	return stubs_x86_64_protect(PROT_READ | PROT_EXEC) &&
	       write_jump(site, stub);
}

long stub_call(const struct site_frame *frame)
{
	const uint64_t *a = frame->arguments;

	if (frame->place >= STUBS_COMPARE && frame->place < STUBS &&
		returns[frame->place - STUBS_COMPARE])
		return site_call(
			frame, site_again[frame->place - STUBS_COMPARE]);
	return raw_call((long)frame->number, (long)a[0], (long)a[1], (long)a[2],
		(long)a[3], (long)a[4], (long)a[5]);
}
#endif
