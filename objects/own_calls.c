/* SPDX-License-Identifier: MIT */
#include "objects/own_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "objects/decode.h"
#include "objects/own_sites.h"
#include "wire/call.h"

/* Where functions are longer, only so much around a place is looked at. */
#define FUNCTION_MAX (32u << 10)
#define NEAR_BEFORE 8192u
#define NEAR_AFTER 2048u

/*
 * From how many bytes before it one looks first whether a place begins an
 * instruction: wherever one begins to read, one is soon in step. Twice, so
 * that it takes a second chance to be out of step all the way.
 */
#define STEP_LONG 512u
#define STEP_SHORT 373u

/* Around bytes that may be data: how many instructions tell. */
#define TELL_BEFORE 48u
#define TELL_AFTER 16u

/* What the registers hold before an instruction. */
struct holding {
	bool seen;      /* something leads to it, as far as is known by now */
	uint32_t known; /* registers, a bit each, */
	uint32_t numbers[REGISTERS]; /* with these values */
};

/* A function: its instructions in their order. */
struct function {
	struct instruction *list;
	struct holding *before; /* each of them */
	size_t count, room;
};

static void take_function(struct function *function,
	const struct elf_section *section, size_t from, size_t to)
{
	struct instruction *each;

	function->count = 0;
	while (from < to) {
		each = array_add(&function->list, &function->count,
			&function->room, sizeof(*each));
		decode(section->text + from, section->size - from,
			section->address + from, each);
		from += each->size;
	}
	free(function->before);
	function->before = xcalloc(function->count, sizeof(*function->before));
}

/* The instruction at the address, or count. */
static size_t own_calls_at(const struct function *function, uint64_t address)
{
	size_t low = 0, high = function->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (function->list[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < function->count && function->list[low].address == address)
		return low;
	return function->count;
}

/* One more way to an instruction; whether that is news. */
static bool reach(struct holding *holding, const struct holding *comes)
{
	uint32_t known = holding->known & comes->known;

	if (!holding->seen) {
		*holding = *comes;
		return true;
	}
	for (unsigned i = 0; i < REGISTERS; i++)
		if (known >> i & 1 && holding->numbers[i] != comes->numbers[i])
			known &= ~(1u << i);
	if (known == holding->known)
		return false;
	holding->known = known;
	return true;
}

static bool falls_through(const struct instruction *instruction)
{
	return instruction->kind != INSTRUCTION_JUMP &&
	       instruction->kind != INSTRUCTION_END &&
	       instruction->kind != INSTRUCTION_NONE;
}

static bool branches(const struct instruction *instruction)
{
	return instruction->has_target && instruction->kind != INSTRUCTION_CALL;
}

static struct holding holding_after(
	const struct instruction *instruction, const struct holding *before)
{
	struct holding after = *before;
	uint32_t number = instruction->number, writes = instruction->writes;
	bool known = instruction->to != REGISTER_NONE;

	if (known && instruction->from != REGISTER_NONE) {
		known = before->known >> instruction->from & 1;
		number = before->numbers[instruction->from];
	}
	if (instruction->kind == INSTRUCTION_ENTERS ||
		instruction->kind == INSTRUCTION_ENTERS_OTHER)
		writes |= ENTER_WRITES;
	after.known &= ~writes;
	if (known) {
		after.known |= 1u << instruction->to;
		after.numbers[instruction->to] = number;
	}
	return after;
}

/* Until no way brings anything new. */
static void flow(struct function *function)
{
	bool news = true;

	while (news) {
		news = false;
		for (size_t i = 0; i < function->count; i++) {
			const struct instruction *each = &function->list[i];
			struct holding after;
			size_t target;

			if (!function->before[i].seen)
				continue;
			after = holding_after(each, &function->before[i]);
			if (falls_through(each) && i + 1 < function->count)
				news |= reach(&function->before[i + 1], &after);
			if (!branches(each))
				continue;
			target = own_calls_at(function, each->target);
			if (target < function->count)
				news |= reach(
					&function->before[target], &after);
		}
	}
}

/*
 * What nothing is seen to lead to may be led to by anything: functions begin
 * so, the cases of a switch, and the handlers of exceptions. Not so what fills
 * the room before the head of a loop.
 */
static void flow_all(struct function *function)
{
	bool *led = xcalloc(function->count + 1, sizeof(*led));

	for (size_t i = 0; i < function->count; i++)
		if (branches(&function->list[i]))
			led[own_calls_at(function, function->list[i].target)] =
				true;
	for (size_t i = 0; i < function->count; i++) {
		const struct instruction *each = &function->list[i];
		bool filling = each->idle && !led[i] && i;

		function->before[i].seen = i == 0 || (!led[i] && !filling);
		led[i + 1] |= falls_through(each) && !filling;
	}
	flow(function);
	/* Circles that nothing leads into. */
	for (size_t i = 0; i < function->count; i++)
		if (!function->before[i].seen && led[i])
			function->before[i] = (struct holding){.seen = true};
	flow(function);
	free(led);
}

static bool own_calls_is_wanted(
	const struct instruction *instruction, const struct holding *before)
{
	long number = before->numbers[NUMBER_REGISTER];
	struct call_shape shape;

	if (!(before->known >> NUMBER_REGISTER & 1))
		return true;
	shape = instruction->kind == INSTRUCTION_ENTERS
			? call_shape(number)
			: call_shape_i386(number);
	return shape.effect != EFFECT_NONE;
}

/* Whether something beside it is no instruction, so that it is data. */
static bool looks_like_data(const struct function *function, size_t at)
{
	size_t from = at > TELL_BEFORE ? at - TELL_BEFORE : 0;

	for (size_t i = from; i < function->count && i < at + TELL_AFTER; i++)
		if (function->list[i].kind == INSTRUCTION_NONE)
			return true;
	return false;
}

static void look_through(struct own_calls *calls, struct function *function,
	uint64_t from, uint64_t sure)
{
	for (size_t i = 0; i < function->count; i++) {
		const struct instruction *each = &function->list[i];
		const struct holding *before = &function->before[i];
		struct own_call *call;

		if ((each->kind != INSTRUCTION_ENTERS &&
			    each->kind != INSTRUCTION_ENTERS_OTHER) ||
			each->address < from ||
			!own_calls_is_wanted(each, before) ||
			(each->address >= sure && looks_like_data(function, i)))
			continue;
		call = array_add(&calls->list, &calls->count, &calls->room,
			sizeof(*call));
		*call = (struct own_call){.address = each->address,
			.known = before->known >> NUMBER_REGISTER & 1,
			.number = before->numbers[NUMBER_REGISTER]};
		if (each->kind == INSTRUCTION_ENTERS)
			own_site_choose(
				call, function->list, function->count, i);
	}
}

/* Whether it does, at that place or behind it. */
static bool enters(const struct function *function, uint64_t from)
{
	for (size_t i = 0; i < function->count; i++)
		if ((function->list[i].kind == INSTRUCTION_ENTERS ||
			    function->list[i].kind ==
				    INSTRUCTION_ENTERS_OTHER) &&
			function->list[i].address >= from)
			return true;
	return false;
}

/* Of the function around a place in a section: offsets there. */
struct bounds {
	size_t from, to;
	uint64_t sure; /* what lies before this address is code */
};

static struct bounds bounds_of(const struct elf_code *code,
	const struct elf_section *section, size_t at)
{
	const struct elf_function *list = code->functions;
	uint64_t address = section->address + at;
	struct bounds bounds = {0, section->size, 0};
	size_t low = 0, high = code->function_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (list[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low && list[low - 1].start >= section->address) {
		bounds.from = (size_t)(list[low - 1].start - section->address);
		bounds.sure = list[low - 1].end;
	}
	if (low < code->function_count &&
		list[low].start < section->address + section->size)
		bounds.to = (size_t)(list[low].start - section->address);
	if (bounds.to - bounds.from <= FUNCTION_MAX)
		return bounds;
	if (at - bounds.from > NEAR_BEFORE)
		bounds.from = at - NEAR_BEFORE;
	if (bounds.to - at > NEAR_AFTER)
		bounds.to = at + NEAR_AFTER;
	return bounds;
}

static bool lands_on(const struct elf_section *section, size_t from, size_t at)
{
	struct instruction instruction;

	while (from < at) {
		decode(section->text + from, section->size - from, from,
			&instruction);
		from += instruction.size;
	}
	return from == at;
}

/* Whether an instruction begins at the place in the section. */
static bool begins_at(const struct elf_section *section,
	const struct bounds *bounds, size_t at)
{
	size_t before = at - bounds->from;

	return lands_on(section,
		       before > STEP_LONG ? at - STEP_LONG : bounds->from,
		       at) ||
	       (before > STEP_SHORT && lands_on(section, at - STEP_SHORT, at));
}

static void look_in_section(struct own_calls *calls,
	const struct elf_code *code, const struct elf_section *section)
{
	struct function function = {0};
	size_t first = calls->count;
	struct bounds bounds;

	for (size_t i = 0;; i++) {
		i = decode_find_entry(section->text, i, section->size);
		if (i == section->size)
			break;
		bounds = bounds_of(code, section, i);
		if (!begins_at(section, &bounds, i))
			continue;
		take_function(&function, section, bounds.from, bounds.to);
		if (enters(&function, section->address + i)) {
			flow_all(&function);
			look_through(calls, &function, section->address + i,
				bounds.sure);
		}
		/* All that is in there has been seen. */
		i = bounds.to - 1;
	}
	free(function.list);
	free(function.before);
	if (calls->count > first)
		own_sites_check(calls, section);
}

static int own_calls_compare(const void *a, const void *b)
{
	const struct own_call *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

void own_calls_find(struct own_calls *calls, const struct elf_code *code)
{
	memset(calls, 0, sizeof(*calls));
	for (size_t i = 0; i < code->count; i++)
		look_in_section(calls, code, &code->sections[i]);
	if (calls->count)
		qsort(calls->list, calls->count, sizeof(*calls->list),
			own_calls_compare);
}

void own_calls_release(struct own_calls *calls)
{
	free(calls->list);
	memset(calls, 0, sizeof(*calls));
}
