/* SPDX-License-Identifier: MIT */
#include "objects/elf_code.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#else
#define MACHINE EM_AARCH64
#endif

/* How .eh_frame_hdr tells of its table (LSB, 10.6.2): sdata4, of itself. */
#define TABLE_ENCODING 0x3b
#define FRAME_ENCODING 0x1b
#define HEADER_BYTES 12u
#define FRAME_BYTES 16u

static void add_section(struct elf_code *code, const uint8_t *bytes,
	size_t size, uint64_t offset, uint64_t address, uint64_t length)
{
	int64_t shift = (int64_t)(address - offset);
	struct elf_section *section;

	if (offset >= size || length > size - offset || !length)
		return;
	section = array_add(
		&code->sections, &code->count, &code->room, sizeof(*section));
	section->text = bytes + offset;
	section->address = address;
	section->size = length;
	code->one_shift &= code->count == 1 || code->shift == shift;
	code->shift = shift;
}

static void elf_code_add_function(
	struct elf_code *code, uint64_t start, uint64_t end)
{
	struct elf_function *function = array_add(&code->functions,
		&code->function_count, &code->function_room, sizeof(*function));

	function->start = start;
	function->end = end;
}

/* The table of functions that unwinders search, and what it leads to. */
struct frames {
	const uint8_t *bytes; /* of the file */
	size_t size;
	uint64_t offset, address; /* of the table's head */
};

static uint64_t relative(const uint8_t *at, uint64_t to)
{
	int32_t distance;

	memcpy(&distance, at, sizeof(distance));
	return to + (uint64_t)(int64_t)distance;
}

/*
 * Where the function ends of which an entry, at the address, tells (LSB,
 * 10.6.1): length, where its kind is told of, start, bytes. Both lie in one
 * segment, at the distance that they have in memory.
 */
static uint64_t elf_code_end_of(
	const struct frames *frames, uint64_t entry, uint64_t start)
{
	uint64_t at = entry - frames->address + frames->offset;
	const uint8_t *here;
	uint32_t length;

	if (at >= frames->size || frames->size - at < FRAME_BYTES)
		return 0;
	here = frames->bytes + at;
	if (relative(here + 8, entry + 8) != start)
		return 0;
	memcpy(&length, here + 12, sizeof(length));
	return start + length;
}

static void elf_code_read_frames(
	struct elf_code *code, const struct frames *frames)
{
	const uint8_t *at = frames->bytes + frames->offset;
	size_t size = frames->size - frames->offset;
	uint64_t start, end;
	uint32_t count;

	if (size < HEADER_BYTES || at[0] != 1 || at[1] != FRAME_ENCODING ||
		at[2] != 3 || at[3] != TABLE_ENCODING)
		return;
	memcpy(&count, at + 8, sizeof(count));
	for (at += HEADER_BYTES; count--; at += 8) {
		if ((size_t)(frames->bytes + frames->size - at) < 8)
			return;
		start = relative(at, frames->address);
		end = elf_code_end_of(
			frames, relative(at + 4, frames->address), start);
		code->framed |= end != 0;
		elf_code_add_function(code, start, end);
	}
}

static void read_symbols(struct elf_code *code, Elf_Scn *section)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Sym symbol;

	size_t count = data ? data->d_size / sizeof(Elf64_Sym) : 0;

	for (size_t i = 0; i < count && gelf_getsym(data, (int)i, &symbol); i++)
		if (symbol.st_shndx &&
			(GELF_ST_TYPE(symbol.st_info) == STT_FUNC ||
				GELF_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC ||
				GELF_ST_TYPE(symbol.st_info) == STT_NOTYPE))
			elf_code_add_function(code, symbol.st_value, 0);
}

static bool elf_code_is_go(const char *name)
{
	return name &&
	       (!strcmp(name, ".gopclntab") || !strcmp(name, ".go.buildinfo") ||
		       !strcmp(name, ".note.go.buildid"));
}

static void read_sections(
	struct elf_code *code, Elf *elf, const uint8_t *bytes, size_t size)
{
	Elf_Scn *section = NULL;
	GElf_Shdr head;
	size_t names = 0;

	elf_getshdrstrndx(elf, &names);
	while ((section = elf_nextscn(elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, &head))
			continue;
		name = elf_strptr(elf, names, head.sh_name);
		code->go |= elf_code_is_go(name);
		if (head.sh_type == SHT_SYMTAB || head.sh_type == SHT_DYNSYM)
			read_symbols(code, section);
		if (head.sh_flags & SHF_ALLOC &&
			head.sh_flags & SHF_EXECINSTR &&
			head.sh_type != SHT_NOBITS)
			add_section(code, bytes, size, head.sh_offset,
				head.sh_addr, head.sh_size);
	}
}

/* Whether there are relocations of what is not writable: code. */
static bool is_relocated(const uint8_t *at, size_t size)
{
	Elf64_Dyn entry;

	for (; size >= sizeof(entry);
		at += sizeof(entry), size -= sizeof(entry)) {
		memcpy(&entry, at, sizeof(entry));
		if (entry.d_tag == DT_TEXTREL ||
			(entry.d_tag == DT_FLAGS &&
				entry.d_un.d_val & DF_TEXTREL))
			return true;
	}
	return false;
}

static void read_segments(
	struct elf_code *code, Elf *elf, const uint8_t *bytes, size_t size)
{
	size_t count = 0;
	GElf_Phdr head;
	bool sections = code->count > 0;

	elf_getphdrnum(elf, &count);
	for (size_t i = 0; i < count && gelf_getphdr(elf, (int)i, &head); i++) {
		if (head.p_type == PT_GNU_EH_FRAME && head.p_offset < size &&
			head.p_filesz <= size - head.p_offset)
			elf_code_read_frames(
				code, &(struct frames){bytes, size,
					      head.p_offset, head.p_vaddr});
		if (head.p_type == PT_DYNAMIC && head.p_offset < size &&
			head.p_filesz <= size - head.p_offset)
			code->relocated |= is_relocated(
				bytes + head.p_offset, head.p_filesz);
		if (!sections && head.p_type == PT_LOAD && head.p_flags & PF_X)
			add_section(code, bytes, size, head.p_offset,
				head.p_vaddr, head.p_filesz);
	}
}

/* Of one start first what knows an end. */
static int elf_code_compare(const void *a, const void *b)
{
	const struct elf_function *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

static void sort_functions(struct elf_code *code)
{
	struct elf_function *list = code->functions;
	size_t kept = 0;

	if (!code->function_count)
		return;
	qsort(list, code->function_count, sizeof(*list), elf_code_compare);
	for (size_t i = 0; i < code->function_count; i++)
		if (!kept || list[kept - 1].start != list[i].start)
			list[kept++] = list[i];
	code->function_count = kept;
}

int elf_code_read(struct elf_code *code, const uint8_t *bytes, size_t size)
{
	Elf *elf;
	GElf_Ehdr head;

	memset(code, 0, sizeof(*code));
	code->one_shift = true;
	if (elf_version(EV_CURRENT) == EV_NONE)
		return -ENOEXEC;
	/* It is not written to: only sections that are compressed would be. */
	elf = elf_memory((char *)(uintptr_t)bytes, size);
	if (!elf)
		return -ENOEXEC;
	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &head) ||
		head.e_ident[EI_CLASS] != ELFCLASS64 ||
		head.e_machine != MACHINE) {
		elf_end(elf);
		return -ENOEXEC;
	}
	read_sections(code, elf, bytes, size);
	read_segments(code, elf, bytes, size);
	elf_end(elf);
	sort_functions(code);
	return 0;
}

void elf_code_release(struct elf_code *code)
{
	free(code->sections);
	free(code->functions);
	memset(code, 0, sizeof(*code));
}
