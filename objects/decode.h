/* SPDX-License-Identifier: MIT */
/*
 * What has to be known of one instruction of this machine to tell how code
 * enters the kernel, and with which number.
 */
#ifndef FTRACE_OBJECTS_DECODE_H
#define FTRACE_OBJECTS_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum instruction_kind {
	INSTRUCTION_PLAIN,  /* the next one follows */
	INSTRUCTION_BRANCH, /* that one, or the target */
	INSTRUCTION_CALL,   /* the target, and then the next */
	INSTRUCTION_JUMP,   /* the target alone */
	INSTRUCTION_END,    /* whatever follows is not led to from here */
	INSTRUCTION_ENTERS, /* makes a system call */
	/* Makes one by the numbers of 32-bit programs. */
	INSTRUCTION_ENTERS_OTHER,
	INSTRUCTION_NONE, /* no instruction, or none that programs have */
};

#define REGISTERS 32u
#define REGISTER_NONE REGISTERS

#if defined(__x86_64__)
#define NUMBER_REGISTER 0u /* rax */
/* Whose values a called function may change, rsp aside (System V ABI). */
#define CALL_WRITES 0x0fc7u
/* What the kernel does: rax, rcx, r11. */
#define ENTER_WRITES 0x0803u
#else
#define NUMBER_REGISTER 8u /* x8 */
#define CALL_WRITES 0x4007ffffu
#define ENTER_WRITES 0x1u
#endif

struct instruction {
	uint64_t address;
	uint64_t target; /* of a branch */
	uint32_t writes; /* registers, a bit each: also of a part of one */
	uint32_t number; /* what it puts into register `to`, ... */
	uint8_t to;      /* REGISTER_NONE: nothing that is known */
	uint8_t from;    /* ... or the register that it copies there */
	uint8_t size;
	uint8_t kind; /* enum instruction_kind */
	bool movable; /* does the same at another address */
	bool has_target;
	bool idle; /* does nothing, as between functions and before loops */
};

/*
 * Fills the instruction from the bytes at text, which the program has at
 * address. Its size is never 0, nor more than `size`, which is not 0.
 */
void decode(const uint8_t *text, size_t size, uint64_t address,
	struct instruction *instruction);

/*
 * The first place, from `from` on, where bytes of the text are those of an
 * instruction that enters; size if there is none.
 */
size_t decode_find_entry(const uint8_t *text, size_t from, size_t size);

#endif
