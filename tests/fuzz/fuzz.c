/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "languages/language.h"

static char directory[64];

static int remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void clean(void)
{
	nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_directory(void)
{
	if (*directory)
		return directory;
	languages_begin();
	strcpy(directory, "/tmp/ftrace-fuzz-XXXXXX");
	if (!mkdtemp(directory))
		abort();
	atexit(clean);
	return directory;
}

void fuzz_patch(uint8_t *bytes, size_t room, const uint8_t *data, size_t size)
{
	for (; size >= 6; data += 6, size -= 6) {
		uint32_t at;

		memcpy(&at, data, sizeof(at));
		at %= (uint32_t)room - 1;
		bytes[at] = data[4];
		bytes[at + 1] = data[5];
	}
}
