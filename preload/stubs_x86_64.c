/* SPDX-License-Identifier: MIT */
#if defined(__x86_64__)
#include "preload/stubs.h"

#include <string.h>

#define JMP_REL32 0xe9
#define JMP_BYTES 5

/* Two bytes that are never executed: ud2. */
#define NEVER 0x0b0f

extern const uint8_t site_stubs[];

bool stubs_prepare(void)
{
	return true;
}

bool stub_write_jump(
	uint8_t *site, size_t size, uint32_t place, uintptr_t resume)
{
	const uint8_t *stub = site_stubs + (size_t)place * STUB_BYTES;
	int64_t distance = (int64_t)stub - (int64_t)(site + JMP_BYTES);
	int32_t relative = (int32_t)distance;

	(void)resume; /* the stub has it from a table */
	if (relative != distance)
		return false;
	for (size_t i = JMP_BYTES; i < size; i++)
		site[i] = (uint8_t)(NEVER >> (i - JMP_BYTES) % 2 * 8);
	memcpy(site + 1, &relative, sizeof(relative));
	site[0] = JMP_REL32;
	return true;
}
#endif
