/* SPDX-License-Identifier: MIT */
/*
 * A stub of an object's own site:
 *
 *	what stood before the instruction
 *	lea -128(%rsp),%rsp	the function's own (System V ABI, 3.2.2)
 *	pushfq			code may rely on them over a system call
 *	mov $STUBS,%ecx
 *	call *head(%rip)	site_common, in preload/site_x86_64.S
 *	popfq
 *	lea 128(%rsp),%rsp
 *	jrcxz 1f		0: it is still to be made
 *	jmp 2f
 *  1:	syscall			with all as it was: it may not come back here
 *  2:	what stood behind it
 *	jmp back
 */
#if defined(__x86_64__)
#include <string.h>

#include "preload/stubs.h"
#include "wire/verdict.h"

#define JMP_REL32 0xe9
#define JMP_BYTES 5u
#define ENTER_BYTES 2u

/* What can move along: more does not fit. */
#define MOVED_MOST (OWN_STUB_BYTES - 48)

extern const uint8_t site_common[];

static const uint8_t enter[] = {0x48, 0x8d, 0x64, 0x24, 0x80, /* lea */
	0x9c,                                                 /* pushfq */
	0xb9, STUBS & 0xff, STUBS >> 8, 0, 0,                 /* mov */
	0xff, 0x15};                                          /* call */
static const uint8_t leave[] = {0x9d,                         /* popfq */
	0x48, 0x8d, 0xa4, 0x24, 0x80, 0, 0, 0,                /* lea */
	0xe3, 0x02,                                           /* jrcxz */
	0xeb, 0x02,                                           /* jmp */
	0x0f, 0x05};                                          /* syscall */

_Static_assert(STUBS < 1 << 16, "its bytes are two");
_Static_assert(sizeof(enter) + 4 + sizeof(leave) + JMP_BYTES <=
		       OWN_STUB_BYTES - MOVED_MOST,
	"a stub fits");

static bool put_distance(uint8_t *at, const uint8_t *to)
{
	int64_t distance = (int64_t)to - (int64_t)(at + 4);
	int32_t relative = (int32_t)distance;

	memcpy(at, &relative, sizeof(relative));
	return relative == distance;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

void own_stubs_begin(uint8_t *head)
{
	const uint8_t *common = site_common;

	memcpy(head, &common, sizeof(common));
}

/* Whether the jump at `from` reaches the stub. */
static bool reaches(const uint8_t *from, const uint8_t *stub)
{
	int64_t distance = stub - (from + JMP_BYTES);

	return distance == (int32_t)distance;
}

bool own_stub_write(uint8_t *head, uint8_t *stub, const uint8_t *at,
	const struct own_site *site)
{
	const uint8_t *from = at - site->before;
	const uint8_t *to = at + ENTER_BYTES + site->after;
	uint8_t *put = stub;

	if (at[0] != 0x0f || at[1] != 0x05 || to - from < (long)JMP_BYTES ||
		site->before + site->after > MOVED_MOST || !reaches(from, stub))
		return false;
	put = put_bytes(put, from, site->before);
	put = put_bytes(put, enter, sizeof(enter));
	if (!put_distance(put, head))
		return false;
	put = put_bytes(put + 4, leave, sizeof(leave));
	put = put_bytes(put, at + ENTER_BYTES, site->after);
	*put++ = JMP_REL32;
	return put_distance(put, to);
}

void own_stub_jump(
	const uint8_t *stub, uint8_t *at, const struct own_site *site)
{
	uint8_t *from = at - site->before;

	*from = JMP_REL32;
	put_distance(from + 1, stub);
}
#endif
