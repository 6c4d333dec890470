/* SPDX-License-Identifier: MIT */
/*
 * Looking through the code of an object with any bytes in it: this program's
 * own, whose head and last bytes, where its sections are told of, are not
 * what they were.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objects/elf_code.h"
#include "objects/own_calls.h"
#include "tests/fuzz/fuzz.h"

/* Of the file: its first bytes, and as many of the last. */
#define PART (8u << 10)

static uint8_t bytes[2 * PART];

static size_t read_part(long offset, int whence, uint8_t *to)
{
	FILE *file = fopen("/proc/self/exe", "rb");
	size_t size = 0;

	if (file && fseek(file, offset, whence) == 0)
		size = fread(to, 1, PART, file);
	if (file)
		fclose(file);
	return size;
}

/* Its sections are told of at the end, and code lies in the first part. */
static void put_sections(uint8_t *object)
{
	Elf64_Ehdr head;
	Elf64_Shdr section;

	memcpy(&head, object, sizeof(head));
	head.e_shoff = 2 * PART - head.e_shnum * sizeof(section);
	memcpy(object, &head, sizeof(head));
	for (size_t i = 0; i < head.e_shnum; i++) {
		uint8_t *at = object + head.e_shoff + i * sizeof(section);

		memcpy(&section, at, sizeof(section));
		section.sh_offset %= PART;
		section.sh_size %= PART;
		memcpy(at, &section, sizeof(section));
	}
}

static void make_object(void)
{
	static uint8_t sound[2 * PART];

	if (!sound[0]) {
		read_part(0, SEEK_SET, sound);
		read_part(-(long)PART, SEEK_END, sound + PART);
		put_sections(sound);
	}
	memcpy(bytes, sound, sizeof(bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_code code;
	struct own_calls calls;
	size_t length;
	uint8_t *copy;

	if (size < 2)
		return 0;
	make_object();
	length = sizeof(bytes) - (data[0] % 8 ? 0 : data[1] * 64u);
	fuzz_patch(bytes, sizeof(bytes), data + 2, size - 2);
	/* Of just its size, so that a byte too many is noticed. */
	copy = malloc(length ? length : 1);
	if (!copy)
		return 0;
	memcpy(copy, bytes, length);
	if (elf_code_read(&code, copy, length) == 0) {
		own_calls_find(&calls, &code);
		own_calls_release(&calls);
	}
	elf_code_release(&code);
	free(copy);
	return 0;
}
