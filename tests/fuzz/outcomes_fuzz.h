/* SPDX-License-Identifier: MIT */
/*
 * A reader of outcomes, given what the fuzzer made, and a sound text that it
 * changed here and there.
 */
#ifndef FTRACE_TESTS_FUZZ_OUTCOMES_FUZZ_H
#define FTRACE_TESTS_FUZZ_OUTCOMES_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "runners/outcomes/told.h"
#include "tests/fuzz/fuzz.h"

#define SOUND_MOST 1024

typedef int (*outcomes_reader)(struct told *told, const char *name,
	const char *text, size_t size, struct err *err);

static void read_text(outcomes_reader reader, const void *text, size_t size)
{
	struct told told = {.list = NULL};
	struct err err;

	if (reader(&told, "fuzz", text, size, &err) == 0)
		for (size_t i = 0; i < told.count; i++)
			if (!*told.list[i].outcome ||
				told.list[i].duration < -1)
				abort();
	told_release(&told);
}

static int fuzz_reader(outcomes_reader reader, const char *sound,
	const uint8_t *data, size_t size)
{
	size_t n = strlen(sound);
	uint8_t text[SOUND_MOST];

	read_text(reader, data, size);
	memcpy(text, sound, n);
	fuzz_patch(text, n, data, size);
	read_text(reader, text, n);
	return 0;
}

#endif
