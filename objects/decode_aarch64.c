/* SPDX-License-Identifier: MIT */
#if defined(__aarch64__)
#include "objects/decode.h"

#include <string.h>

#define SVC_MASK 0xffe0001fu
#define SVC 0xd4000001u

/* movz w, #number; orr w, wzr, w: a copy. With w or x. */
#define MOVZ_MASK 0x7fe00000u
#define MOVZ 0x52800000u
#define NOP 0xd503201fu
#define COPY_MASK 0x7fe0ffe0u
#define COPY 0x2a0003e0u

static uint32_t word_at(const uint8_t *text)
{
	uint32_t word;

	memcpy(&word, text, sizeof(word));
	return word;
}

/* Instructions lie at addresses that four divides; so do sections. */
size_t decode_find_entry(const uint8_t *text, size_t from, size_t size)
{
	for (size_t at = (from + 3) & ~(size_t)3; at + 4 <= size; at += 4)
		if ((word_at(text + at) & SVC_MASK) == SVC)
			return at;
	return size;
}

/* The distance in the `bits` at `shift`, in instructions, as bytes. */
static int64_t distance(uint32_t word, unsigned shift, unsigned bits)
{
	uint32_t field = word >> shift & ((1u << bits) - 1);

	return ((int64_t)(field ^ 1u << (bits - 1)) - (1 << (bits - 1))) * 4;
}

static void take_branch(uint32_t word, struct instruction *instruction)
{
	int64_t far = 0;

	if ((word & 0x7c000000u) == 0x14000000u) { /* b, bl */
		instruction->kind =
			word >> 31 ? INSTRUCTION_CALL : INSTRUCTION_JUMP;
		far = distance(word, 0, 26);
	} else if ((word & 0xff000000u) == 0x54000000u || /* b.cond */
		   (word & 0x7e000000u) == 0x34000000u) { /* cbz, cbnz */
		instruction->kind = INSTRUCTION_BRANCH;
		far = distance(word, 5, 19);
	} else if ((word & 0x7e000000u) == 0x36000000u) { /* tbz, tbnz */
		instruction->kind = INSTRUCTION_BRANCH;
		far = distance(word, 5, 14);
	} else if ((word & 0xfe000000u) == 0xd6000000u) { /* br, blr, ret */
		instruction->kind = (word >> 21 & 3) == 1 ? INSTRUCTION_CALL
							  : INSTRUCTION_END;
		return;
	} else {
		return;
	}
	instruction->has_target = true;
	instruction->target = instruction->address + (uint64_t)far;
}

/* What may write a register counts as doing so. */
void decode(const uint8_t *text, size_t size, uint64_t address,
	struct instruction *instruction)
{
	uint32_t word;

	*instruction = (struct instruction){.address = address,
		.size = (uint8_t)(size < 4 ? size : 4),
		.kind = INSTRUCTION_NONE,
		.to = REGISTER_NONE,
		.from = REGISTER_NONE};
	if (size < 4)
		return;
	word = word_at(text);
	instruction->kind = INSTRUCTION_PLAIN;
	if ((word & SVC_MASK) == SVC) {
		instruction->kind = INSTRUCTION_ENTERS;
		return;
	}
	/* adr and adrp, loads of literals: relative to where they are. */
	instruction->movable = (word & 0x1f000000u) != 0x10000000u &&
			       (word & 0x3b000000u) != 0x18000000u;
	take_branch(word, instruction);
	instruction->movable &= instruction->kind == INSTRUCTION_PLAIN;
	instruction->idle = word == NOP;
	instruction->writes = 1u << (word & 31) | 1u << (word >> 10 & 31);
	if (instruction->kind == INSTRUCTION_CALL)
		instruction->writes = CALL_WRITES;
	if ((word & MOVZ_MASK) == MOVZ) {
		instruction->to = (uint8_t)(word & 31);
		instruction->number = word >> 5 & 0xffff;
	} else if ((word & COPY_MASK) == COPY) {
		instruction->to = (uint8_t)(word & 31);
		instruction->from = (uint8_t)(word >> 16 & 31);
	}
}
#endif
