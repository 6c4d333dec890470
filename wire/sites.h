/* SPDX-License-Identifier: MIT */
/*
 * Finding, in the code of a C library or a dynamic loader, the instructions
 * that enter the kernel with a call of the catalogue, so that they can be
 * replaced by jumps to an observer (preload/patch.h). Whatever in libc takes
 * a path, by whatever internal way, ends in one of them.
 *
 * A site is used only when all its bytes are known instructions and no
 * relative jump in the object leads into their middle; or, where its second
 * instruction is a `syscall`, which stays as it is, none that brings it the
 * number of a call of the catalogue. Encodings: Intel SDM volume 2; Arm ARM,
 * C6.
 *
 * Nothing here allocates or calls libc. It reads the object's memory only.
 */
#ifndef FTRACE_WIRE_SITES_H
#define FTRACE_WIRE_SITES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum site_form {
	/* x86_64: mov $number,%eax; syscall, left as it is */
	SITE_MOV,
	/* x86_64: syscall; cmp $-4096,%rax */
	SITE_CMP_4096,
	/* x86_64: syscall; cmp $-4095,%rax */
	SITE_CMP_4095,
	/* x86_64: syscall; cmp $-4096,%eax */
	SITE_CMP_EAX,
	/*
	 * x86_64: an instruction of five bytes that the stub makes in its
	 * place; syscall, left as it is. For calls of any number: cancellation
	 * points since glibc 2.41.
	 */
	SITE_COPY,
	/* aarch64: svc #0, the number in x8 */
	SITE_SVC,
};

struct site {
	uint32_t offset; /* from the load address */
	uint16_t number; /* SITE_MOV */
	uint16_t form;   /* enum site_form */
};

#define SITES_MAX 190
#define BUILD_ID_MAX 20

/* The sites of one object, by its build id; shared by a whole session. */
struct site_table {
	_Atomic uint32_t state; /* enum site_table_state */
	uint32_t count;
	uint32_t rejected; /* sites that had to be left alone */
	uint8_t build_id[BUILD_ID_MAX];
	struct site sites[SITES_MAX];
};

enum site_table_state { SITES_FREE, SITES_BEING_MADE, SITES_READY };

/* Bytes; the program goes on behind them. */
size_t site_size(const struct site *site);

/* How many of these patching the site overwrites, from the first on. */
size_t site_overwritten(const struct site *site);

/* Whether the bytes at the site are still what it says. */
bool site_is_there(const struct site *site, const uint8_t *at);

/*
 * Fills count, rejected and sites, in the order of their offsets, from `size`
 * bytes of code at text, which lie `offset` bytes after the load address.
 */
void sites_find(struct site_table *table, const uint8_t *text, size_t size,
	uint32_t offset);

#endif
