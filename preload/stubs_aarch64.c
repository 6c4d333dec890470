/* SPDX-License-Identifier: MIT */
#if defined(__aarch64__)
#include "preload/stubs.h"

#include <sys/mman.h>

#include "preload/patch.h"
#include "wire/raw.h"

/* b: 26 bits of distance, in instructions. */
#define BRANCH 0x14000000u
#define REACH (INT64_C(1) << 27)

/* The instructions of a stub that branch back, by place. */
static const unsigned back[] = {7, 11};

extern uint32_t site_stubs[];

/* Instructions and data have caches of their own (Arm ARM, D7.5.9). */
static void flush(const void *from, size_t size)
{
	uint64_t type, at, end = (uint64_t)from + size;
	uint64_t data, code;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(type));
	data = 4u << (type >> 16 & 15);
	code = 4u << (type & 15);
	for (at = (uint64_t)from & ~(data - 1); at < end; at += data)
		__asm__ volatile("dc cvau, %0" ::"r"(at) : "memory");
	__asm__ volatile("dsb ish" ::: "memory");
	for (at = (uint64_t)from & ~(code - 1); at < end; at += code)
		__asm__ volatile("ic ivau, %0" ::"r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

static bool write_branch(uint32_t *at, uintptr_t target)
{
	int64_t distance = (int64_t)target - (int64_t)(uintptr_t)at;

	if (distance >= REACH || distance < -REACH)
		return false;
	*at = BRANCH | ((uint32_t)(distance >> 2) & 0x3ffffffu);
	flush(at, sizeof(*at));
	return true;
}

bool stubs_open(bool writable)
{
	int protection = PROT_READ | PROT_EXEC | (writable ? PROT_WRITE : 0);

	return raw_call(SYS_mprotect, (long)site_stubs, STUBS_PAGES * 65536,
		       protection, 0, 0, 0) == 0;
}

bool stub_write_jump(
	uint8_t *site, size_t size, uint32_t place, uintptr_t resume)
{
	uint32_t *stub = site_stubs + (size_t)place * (STUB_BYTES / 4);

	(void)size;
	for (unsigned i = 0; i < 2; i++)
		if (!write_branch(stub + back[i], resume))
			return false;
	return write_branch((uint32_t *)(void *)site, (uintptr_t)stub);
}

/* No site is of such a form here. */
bool stub_copy_jump(uint8_t *site, uint32_t place)
{
	(void)site;
	(void)place;
	return false;
}

long stub_call(const struct site_frame *frame)
{
	const uint64_t *a = frame->arguments;

	return raw_call((long)frame->number, (long)a[0], (long)a[1], (long)a[2],
		(long)a[3], (long)a[4], (long)a[5]);
}
#endif
