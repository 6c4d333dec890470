/* SPDX-License-Identifier: MIT */
/*
 * The code in an ELF file of this machine: which of its bytes are code, and
 * where its functions begin, as far as the file tells.
 */
#ifndef FTRACE_OBJECTS_ELF_CODE_H
#define FTRACE_OBJECTS_ELF_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of code that lie together. */
struct elf_section {
	const uint8_t *text; /* in the file's bytes */
	uint64_t address;    /* where the object has it */
	size_t size;
};

/* A function, which ends where the next one begins if nothing tells. */
struct elf_function {
	uint64_t start, end; /* addresses; end is 0 where it is not known */
};

struct elf_code {
	struct elf_section *sections;
	size_t count, room;
	struct elf_function *functions; /* sorted, each start once */
	size_t function_count, function_room;
	bool framed;    /* unwinders are told of functions and their ends */
	int64_t shift;  /* from offsets in the file to addresses, of code */
	bool one_shift; /* it is the same for all code */
	bool relocated; /* the loader changes code when it loads it */
	bool go;        /* there is code of Go in it */
};

/*
 * Fills code from a file's bytes, which it points into; 0, or a negative
 * errno, -ENOEXEC for what is no such file. Released either way.
 */
int elf_code_read(struct elf_code *code, const uint8_t *bytes, size_t size);
void elf_code_release(struct elf_code *code);

#endif
