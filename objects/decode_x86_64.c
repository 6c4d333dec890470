/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)
#include "objects/decode.h"

#include <Zydis/Zydis.h>

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

bool decode_may_enter(const uint8_t *text, size_t size)
{
	return size >= 2 &&
	       ((text[0] == 0x0f && (text[1] == 0x05 || text[1] == 0x34)) ||
		       (text[0] == 0xcd && text[1] == 0x80));
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

static enum instruction_kind decode_kind_of(const struct decoded *decoded)
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
static unsigned decode_place_of(ZydisRegister part)
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
	       decode_place_of(operand->reg.value) != REGISTER_NONE;
}

/* mov $n,%eax; mov %ebx,%eax; xor %eax,%eax */
static void look_for_number(
	const struct decoded *decoded, struct instruction *instruction)
{
	const ZydisDecodedOperand *operands = OPERANDS(decoded);
	bool moves = decoded->instruction.mnemonic == ZYDIS_MNEMONIC_MOV;

	if (!is_whole(&operands[0]))
		return;
	instruction->to = (uint8_t)decode_place_of(operands[0].reg.value);
	if (moves && operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		instruction->number = (uint32_t)operands[1].imm.value.u;
	else if (moves && is_whole(&operands[1]))
		instruction->from =
			(uint8_t)decode_place_of(operands[1].reg.value);
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
	instruction->kind = (uint8_t)decode_kind_of(&decoded);
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
			decode_place_of(operand->reg.value) != REGISTER_NONE)
			instruction->writes |=
				1u << decode_place_of(operand->reg.value);
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
