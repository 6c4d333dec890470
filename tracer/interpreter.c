/* SPDX-License-Identifier: MIT */
#include "tracer/interpreter.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

static char *tracer_interpreter_find(Elf *elf)
{
	size_t count = 0, size = 0;
	const char *text = elf_rawfile(elf, &size);
	GElf_Phdr program;

	if (!text || elf_getphdrnum(elf, &count) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(elf, (int)i, &program) &&
			program.p_type == PT_INTERP &&
			program.p_offset < size &&
			program.p_filesz <= size - program.p_offset &&
			memchr(text + program.p_offset, '\0', program.p_filesz))
			return xstrdup(text + program.p_offset);
	return NULL;
}

char *interpreter_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *name = NULL;
	Elf *elf;

	if (fd < 0)
		return NULL;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf) {
		name = tracer_interpreter_find(elf);
		elf_end(elf);
	}
	close(fd);
	return name;
}
