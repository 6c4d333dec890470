/* SPDX-License-Identifier: MIT */
/*
 * The pieces of code that patched sites jump to, one for each site: they
 * keep every register but the result, call site_entered(), and jump back.
 * In assembly, preload/site_*.S, because they stand where an instruction was.
 */
#ifndef FTRACE_PRELOAD_STUBS_H
#define FTRACE_PRELOAD_STUBS_H

/*
 * On x86_64 stubs end in a comparison of the result: with -4096, with -4095,
 * or of its lower half with -4096.
 */
#define STUBS_PLAIN 232
#define STUBS_4095 8
#define STUBS_EAX 8

/* Stubs that first make the site's instruction, which is written into them. */
#define STUBS_COPY 4
#define STUBS_COMPARE (STUBS_PLAIN + STUBS_4095 + STUBS_EAX)
#define STUBS (STUBS_COMPARE + STUBS_COPY)

/* Of 64 KB each, the largest that aarch64 has. */
#define STUBS_PAGES 1

/* The distance from one stub to the next. */
#define STUB_BYTES 64

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct site_frame;

/*
 * Makes the stubs themselves writable, before sites are patched, or no longer;
 * where they have to be. False when that is forbidden.
 */
bool stubs_open(bool writable);

/*
 * Replaces `size` bytes at the site, which is writable, by a jump to the stub,
 * which is to go on at resume. False when one is too far from the other.
 */
bool stub_write_jump(
	uint8_t *site, size_t size, uint32_t place, uintptr_t resume);

/* The same for a stub of STUBS_COPY, which is to make the instruction. */
bool stub_copy_jump(uint8_t *site, uint32_t place);

/*
 * Makes the call that a site was about to make; its result. In a cancellation
 * point the site's own instruction makes it: a thread that waits in it is only
 * cancelled when its instruction pointer is there.
 */
long stub_call(const struct site_frame *frame);

struct own_site;

/*
 * The stubs of an object's own sites lie near it, in memory that was taken
 * for them: a head, and one of OWN_STUB_BYTES for each.
 */
#define OWN_STUB_BYTES 96
#define OWN_STUBS_HEAD 64

void own_stubs_begin(uint8_t *head);

/*
 * Writes the stub for the site whose instruction is at `at`; false when there
 * is no such instruction, or one is too far from the other.
 */
bool own_stub_write(uint8_t *head, uint8_t *stub, const uint8_t *at,
	const struct own_site *site);

/*
 * Replaces the instruction, and what moves along, by a jump to the stub, which
 * can be executed by now.
 */
void own_stub_jump(
	const uint8_t *stub, uint8_t *at, const struct own_site *site);
#endif

#endif
