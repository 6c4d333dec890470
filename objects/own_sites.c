/* SPDX-License-Identifier: MIT */
#include "objects/own_sites.h"

#if defined(__x86_64__)
#include <string.h>

#define JUMP_BYTES 5u
#define ENTER_BYTES 2u

/* How many instructions before it may move along. */
#define BEFORE_MOST 3u

/* Whether anything of the function leads behind `from` and before `to`. */
static bool is_led_into(const struct instruction *list, size_t count,
	uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].has_target && list[i].target > from &&
			list[i].target < to)
			return true;
	return false;
}

/* With that many instructions before it, and as many behind as it takes. */
static bool own_sites_fits(struct own_call *call,
	const struct instruction *list, size_t count, size_t at, size_t back)
{
	size_t before = 0, after = 0;
	uint64_t address = list[at].address;

	for (size_t i = at - back; i < at; i++) {
		if (!list[i].movable)
			return false;
		before += list[i].size;
	}
	for (size_t i = at + 1; before + ENTER_BYTES + after < JUMP_BYTES;
		i++) {
		if (i == count || !list[i].movable)
			return false;
		after += list[i].size;
	}
	if (is_led_into(list, count, address - before,
		    address + ENTER_BYTES + after))
		return false;
	call->before = (uint8_t)before;
	call->after = (uint8_t)after;
	return true;
}

void own_site_choose(struct own_call *call, const struct instruction *list,
	size_t count, size_t at)
{
	for (size_t back = 0; back <= BEFORE_MOST && back <= at; back++)
		if (own_sites_fits(call, list, count, at, back)) {
			call->proved = true;
			return;
		}
}

static void own_sites_take_back(struct own_calls *calls, uint64_t target)
{
	for (size_t i = 0; i < calls->count; i++) {
		struct own_call *call = &calls->list[i];

		if (target > call->address - call->before &&
			target < call->address + ENTER_BYTES + call->after)
			call->proved = false;
	}
}

/*
 * Far branches come from anywhere: every byte that may begin one counts. Near
 * ones are in the same function, which is known instruction by instruction.
 */
void own_sites_check(struct own_calls *calls, const struct elf_section *section)
{
	uint64_t low = UINT64_MAX, high = 0;
	const uint8_t *text = section->text;

	for (size_t i = 0; i < calls->count; i++) {
		uint64_t address = calls->list[i].address;

		low = address < low ? address : low;
		high = address > high ? address : high;
	}
	for (size_t i = 0; i + 5 <= section->size; i++) {
		size_t size = 0;
		uint64_t target;
		int32_t far;

		if (text[i] == 0xe8 || text[i] == 0xe9)
			size = 5;
		else if (text[i] == 0x0f && (text[i + 1] & 0xf0) == 0x80 &&
			 i + 6 <= section->size)
			size = 6;
		if (!size)
			continue;
		memcpy(&far, text + i + size - 4, sizeof(far));
		target = section->address + i + size + (uint64_t)(int64_t)far;
		if (target + UINT8_MAX >= low && target <= high + UINT8_MAX)
			own_sites_take_back(calls, target);
	}
}
#else
/* Every instruction has four bytes, and what replaces one is one. */
void own_site_choose(struct own_call *call, const struct instruction *list,
	size_t count, size_t at)
{
	(void)list;
	(void)count;
	(void)at;
	call->proved = true;
}

void own_sites_check(struct own_calls *calls, const struct elf_section *section)
{
	(void)calls;
	(void)section;
}
#endif
