/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)
#include "objects/decode.h"

#include <Zydis/Zydis.h>
#include <string.h>

/* Debian 12 has version 4, Ubuntu 22.04 has version 3, without this name. */
#ifndef ZYDIS_MAX_OPERAND_COUNT_VISIBLE
#define STACK_WIDTH ZYDIS_ADDRESS_WIDTH_64
#define OPERANDS(decoded) ((decoded)->instruction.operands)
#else
#define STACK_WIDTH ZYDIS_STACK_WIDTH_64
#define OPERANDS(decoded) ((decoded)->operands)
#endif

struct decoded {
	ZydisDecodedInstruction instruction;
#ifdef ZYDIS_MAX_OPERAND_COUNT_VISIBLE
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
#endif
};

/* The first `first` before `end` that is followed by one of two others. */
static size_t find_pair(const uint8_t *text, size_t from, size_t end,
	uint8_t first, const uint8_t seconds[2])
{
	const uint8_t *at;

	while (from + 1 < end &&
		(at = memchr(text + from, first, end - from - 1))) {
		if (at[1] == seconds[0] || at[1] == seconds[1])
			return (size_t)(at - text);
		from = (size_t)(at - text) + 1;
	}
	return end;
}

/* syscall, sysenter; int $0x80 */
size_t decode_find_entry(const uint8_t *text, size_t from, size_t size)
{
	size_t found = find_pair(
		text, from, size, 0x0f, (const uint8_t[2]){0x05, 0x34});
	size_t end = found < size ? found + 1 : size;
	size_t other = find_pair(
		text, from, end, 0xcd, (const uint8_t[2]){0x80, 0x80});

	return other < end ? other : found;
}

static bool decode_bytes(
	const uint8_t *text, size_t size, struct decoded *decoded)
{
	ZydisDecoder decoder;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, STACK_WIDTH);
#ifndef ZYDIS_MAX_OPERAND_COUNT_VISIBLE
	return ZYAN_SUCCESS(ZydisDecoderDecodeBuffer(
		&decoder, text, size, &decoded->instruction));
#else
	return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, text, size,
		&decoded->instruction, decoded->operands));
#endif
}

static enum instruction_kind kind_of(const struct decoded *decoded)
{
	switch (decoded->instruction.mnemonic) {
	case ZYDIS_MNEMONIC_SYSCALL:
		return INSTRUCTION_ENTERS;
	case ZYDIS_MNEMONIC_SYSENTER:
		return INSTRUCTION_ENTERS_OTHER;
	case ZYDIS_MNEMONIC_INT:
		return OPERANDS(decoded)[0].imm.value.u == 0x80
			       ? INSTRUCTION_ENTERS_OTHER
			       : INSTRUCTION_NONE;
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_HLT:
		return INSTRUCTION_END;
	default:
		break;
	}
	if (decoded->instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
		return INSTRUCTION_NONE;
	switch (decoded->instruction.meta.category) {
	case ZYDIS_CATEGORY_COND_BR:
		return INSTRUCTION_BRANCH;
	case ZYDIS_CATEGORY_CALL:
		return INSTRUCTION_CALL;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return INSTRUCTION_JUMP;
	case ZYDIS_CATEGORY_RET:
		return INSTRUCTION_END;
	case ZYDIS_CATEGORY_IO:
	case ZYDIS_CATEGORY_IOSTRINGOP:
		return INSTRUCTION_NONE;
	default:
		return decoded->instruction.attributes &
				       ZYDIS_ATTRIB_IS_PRIVILEGED
			       ? INSTRUCTION_NONE
			       : INSTRUCTION_PLAIN;
	}
}

/* The place of the register that it is a part of, among the first 16. */
static unsigned place_of(ZydisRegister part)
{
	ZydisRegister whole = ZydisRegisterGetLargestEnclosing(
		ZYDIS_MACHINE_MODE_LONG_64, part);

	return whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15
		       ? (unsigned)(whole - ZYDIS_REGISTER_RAX)
		       : REGISTER_NONE;
}

/* Whether it is a register of 32 or 64 bits: all of it is written then. */
static bool is_whole(const ZydisDecodedOperand *operand)
{
	return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       operand->size >= 32 &&
	       place_of(operand->reg.value) != REGISTER_NONE;
}

/* mov $n,%eax; mov %ebx,%eax; xor %eax,%eax */
static void look_for_number(
	const struct decoded *decoded, struct instruction *instruction)
{
	const ZydisDecodedOperand *operands = OPERANDS(decoded);
	bool moves = decoded->instruction.mnemonic == ZYDIS_MNEMONIC_MOV;

	if (!is_whole(&operands[0]))
		return;
	instruction->to = (uint8_t)place_of(operands[0].reg.value);
	if (moves && operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		instruction->number = (uint32_t)operands[1].imm.value.u;
	else if (moves && is_whole(&operands[1]))
		instruction->from = (uint8_t)place_of(operands[1].reg.value);
	else if (decoded->instruction.mnemonic != ZYDIS_MNEMONIC_XOR ||
		 operands[1].type != ZYDIS_OPERAND_TYPE_REGISTER ||
		 operands[1].reg.value != operands[0].reg.value)
		instruction->to = REGISTER_NONE;
}

void decode(const uint8_t *text, size_t size, uint64_t address,
	struct instruction *instruction)
{
	struct decoded decoded;
	ZyanU64 target;

	*instruction = (struct instruction){.address = address,
		.size = 1,
		.kind = INSTRUCTION_NONE,
		.to = REGISTER_NONE,
		.from = REGISTER_NONE};
	if (!decode_bytes(text, size, &decoded))
		return;
	instruction->size = decoded.instruction.length;
	instruction->kind = (uint8_t)kind_of(&decoded);
	instruction->movable =
		instruction->kind == INSTRUCTION_PLAIN &&
		!(decoded.instruction.attributes & ZYDIS_ATTRIB_IS_RELATIVE);
	instruction->idle =
		decoded.instruction.meta.category == ZYDIS_CATEGORY_NOP ||
		decoded.instruction.meta.category == ZYDIS_CATEGORY_WIDENOP;
	for (unsigned i = 0; i < decoded.instruction.operand_count; i++) {
		const ZydisDecodedOperand *operand = &OPERANDS(&decoded)[i];

		if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
			operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE &&
			place_of(operand->reg.value) != REGISTER_NONE)
			instruction->writes |= 1u
					       << place_of(operand->reg.value);
		if (operand->type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
			!operand->imm.is_relative)
			continue;
		instruction->has_target = ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(
			&decoded.instruction, operand, address, &target));
		instruction->target = target;
	}
	if (instruction->kind == INSTRUCTION_CALL)
		instruction->writes |= CALL_WRITES;
	if (instruction->writes && instruction->kind == INSTRUCTION_PLAIN)
		look_for_number(&decoded, instruction);
}
#endif
