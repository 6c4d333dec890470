/* SPDX-License-Identifier: MIT */
/*
 * Prints where the system call instructions lie that the interposer would
 * replace in a library: their addresses in hexadecimal, as objdump has them,
 * and then how many had to be left alone. Without a library: the calls of the
 * catalogue.
 */
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "wire/call.h"
#include "wire/sites.h"

#define BEFORE 5 /* bytes that sites of some forms have before the entry */

/* Whether this is what enters the kernel; for x86_64, as sites.py is. */
static bool is_entry(const uint8_t *at)
{
	return at[0] == 0x0f && at[1] == 0x05;
}

static void list(const uint8_t *file, const ElfW(Phdr) * segment)
{
	static struct site_table table;

	sites_find(&table, file + segment->p_offset, segment->p_filesz,
		(uint32_t)segment->p_vaddr);
	for (uint32_t i = 0; i < table.count; i++) {
		uint32_t at = table.sites[i].offset;

		if (!is_entry(file + segment->p_offset + at - segment->p_vaddr))
			at += BEFORE;
		printf("%x\n", at);
	}
	printf("rejected %u\n", table.rejected);
}

static int list_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	const ElfW(Ehdr) * head;
	const ElfW(Phdr) * segments;
	struct stat st;
	const uint8_t *file;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 1;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED)
		return 1;
	head = (const void *)file;
	segments = (const void *)(file + head->e_phoff);
	for (int i = 0; i < head->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_X)
			list(file, &segments[i]);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return list_file(argv[1]);
	for (unsigned i = 0; i < call_entry_count; i++)
		printf("%d %s\n", call_entries[i].number, call_entries[i].name);
	return 0;
}
