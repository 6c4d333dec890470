/* SPDX-License-Identifier: MIT */
#include "wire/elf_head.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "wire/raw.h"

/* The kernel follows as many interpreters (BINPRM_MAX_RECURSION). */
#define SCRIPTS_MAX 5
#define HEAD_BYTES 1024

/* Of the dynamic section; the names of libraries come first. */
#define DYNAMIC_ENTRIES 40

/* The kernel reads no more of a script's first line (BINPRM_BUF_SIZE). */
#define LINE_BYTES 256
#define PROGRAM_HEADERS_MAX 64

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
static const char our_loader[] = "/lib64/ld-linux-x86-64.so.2";
#else
#define OUR_MACHINE EM_AARCH64
static const char our_loader[] = "/lib/ld-linux-aarch64.so.1";
#endif

/* A file and its first bytes, in which most of what is asked for lies. */
struct program_file {
	int fd;
	long size; /* of head */
	_Alignas(8) char head[HEAD_BYTES];
};

/* How many bytes there were. */
static long read_at(
	const struct program_file *file, void *to, size_t size, uint64_t offset)
{
	if (offset <= HEAD_BYTES && size <= HEAD_BYTES - offset &&
		(long)(offset + size) <= file->size) {
		memcpy(to, file->head + offset, size);
		return (long)size;
	}
	return raw_pread(file->fd, to, size, (long)offset);
}

static bool read_program(
	const struct program_file *file, unsigned i, Elf64_Phdr *program)
{
	const Elf64_Ehdr *head = (const void *)file->head;

	return read_at(file, program, sizeof(*program),
		       head->e_phoff + i * sizeof(*program)) ==
	       (long)sizeof(*program);
}

/* Whether the loader that the header names is the one that loaded us. */
static bool is_our_loader(
	const struct program_file *file, const Elf64_Phdr *program)
{
	char loader[128];
	const char *base, *ours = strrchr(our_loader, '/');
	size_t size = program->p_filesz;

	if (!size || size >= sizeof(loader) ||
		read_at(file, loader, size, program->p_offset) != (long)size)
		return false;
	loader[size] = '\0';
	/* Distributions place the one loader under several names. */
	base = strrchr(loader, '/');
	return base && !strcmp(base, ours);
}

/* Go's linker names its note "Go" (cmd/link, .note.go.buildid). */
static bool is_go_note(
	const struct program_file *file, const Elf64_Phdr *program)
{
	struct {
		Elf64_Nhdr head;
		char name[4];
	} note;

	return read_at(file, &note, sizeof(note), program->p_offset) ==
		       sizeof(note) &&
	       note.head.n_namesz == 4 && !memcmp(note.name, "Go\0", 4);
}

/* Where an address of the running program lies in its file; 0: nowhere. */
static uint64_t offset_of(const struct program_file *file, uint64_t address)
{
	const Elf64_Ehdr *head = (const void *)file->head;
	Elf64_Phdr program;

	for (unsigned i = 0; i < head->e_phnum; i++)
		if (read_program(file, i, &program) &&
			program.p_type == PT_LOAD &&
			address >= program.p_vaddr &&
			address - program.p_vaddr < program.p_filesz)
			return program.p_offset + address - program.p_vaddr;
	return 0;
}

/*
 * Whether the first library that it needs is ASan's, which compilers put
 * there: it ends the program when another one was loaded before it.
 */
static bool needs_asan(
	const struct program_file *file, const Elf64_Phdr *dynamic)
{
	static const char name[] = "libasan.so";
	Elf64_Dyn entries[DYNAMIC_ENTRIES];
	char text[sizeof(name) - 1];
	uint64_t needed = 0, strings = 0;
	long n = read_at(file, entries,
		dynamic->p_filesz < sizeof(entries) ? dynamic->p_filesz
						    : sizeof(entries),
		dynamic->p_offset);

	for (long i = 0; i < n / (long)sizeof(*entries); i++) {
		if (entries[i].d_tag == DT_NEEDED && !needed)
			needed = entries[i].d_un.d_val;
		else if (entries[i].d_tag == DT_STRTAB)
			strings = entries[i].d_un.d_ptr;
	}
	if (!needed || !strings)
		return false;
	strings = offset_of(file, strings);
	return strings &&
	       read_at(file, text, sizeof(text), strings + needed) ==
		       sizeof(text) &&
	       !memcmp(text, name, sizeof(text));
}

static enum exec_target look_inside(const struct program_file *file)
{
	const Elf64_Ehdr *head = (const void *)file->head;
	enum exec_target target = TARGET_STATIC;
	Elf64_Phdr program;
	bool go = false, asan = false;

	if (head->e_phnum > PROGRAM_HEADERS_MAX)
		return TARGET_UNKNOWN;
	for (unsigned i = 0; i < head->e_phnum; i++) {
		if (!read_program(file, i, &program))
			return TARGET_UNKNOWN;
		if (program.p_type == PT_INTERP)
			target = is_our_loader(file, &program)
					 ? TARGET_TRACEABLE
					 : TARGET_FOREIGN;
		else if (program.p_type == PT_NOTE)
			go |= is_go_note(file, &program);
		else if (program.p_type == PT_DYNAMIC)
			asan = needs_asan(file, &program);
	}
	if (target != TARGET_TRACEABLE)
		return target;
	return go ? TARGET_GO : asan ? TARGET_SANITIZED : TARGET_TRACEABLE;
}

/* Whether executing the file would change who the process is. */
static bool is_privileged(const struct stat *st)
{
	return (st->st_mode & S_ISUID &&
		       st->st_uid != (uid_t)raw_call(
					     SYS_geteuid, 0, 0, 0, 0, 0, 0)) ||
	       (st->st_mode & S_ISGID &&
		       st->st_gid !=
			       (gid_t)raw_call(SYS_getegid, 0, 0, 0, 0, 0, 0));
}

/* Takes a script's interpreter from its first line; false: it is none. */
static bool elf_head_is_script(const struct program_file *file, char *name)
{
	long n = file->size < LINE_BYTES ? file->size : LINE_BYTES - 1;
	char line[LINE_BYTES];
	const char *start;
	size_t size;

	if (n < 3 || file->head[0] != '#' || file->head[1] != '!')
		return false;
	memcpy(line, file->head, (size_t)n);
	line[n] = '\0';
	start = line + 2 + strspn(line + 2, " \t");
	size = strcspn(start, " \t\n");
	memcpy(name, start, size);
	name[size] = '\0';
	return size != 0;
}

static enum exec_target elf_head_look(
	int dir, const char *path, char *interpreter, bool *script)
{
	enum exec_target target = TARGET_UNKNOWN;
	struct program_file file;
	const Elf64_Ehdr *elf = (const void *)file.head;
	struct stat st;

	*script = false;
	file.fd = raw_openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file.fd < 0)
		return TARGET_UNKNOWN;
	if (raw_call(SYS_fstat, file.fd, (long)&st, 0, 0, 0, 0) < 0 ||
		!S_ISREG(st.st_mode))
		goto out;
	file.size = raw_pread(file.fd, file.head, HEAD_BYTES, 0);
	if (file.size >= (long)sizeof(*elf) &&
		!memcmp(elf->e_ident, ELFMAG, SELFMAG)) {
		if (is_privileged(&st))
			target = TARGET_PRIVILEGED;
		else if (elf->e_ident[EI_CLASS] != ELFCLASS64 ||
			 elf->e_machine != OUR_MACHINE)
			target = TARGET_FOREIGN;
		else
			target = look_inside(&file);
	} else {
		*script = elf_head_is_script(&file, interpreter);
	}
out:
	raw_close(file.fd);
	return target;
}

enum exec_target elf_head_target(
	int dir, const char *path, met_interpreter *met, void *data)
{
	char name[LINE_BYTES];
	enum exec_target target = TARGET_UNKNOWN;
	bool script;

	for (int i = 0; i < SCRIPTS_MAX; i++) {
		target = elf_head_look(dir, path, name, &script);
		if (!script)
			break;
		path = name;
		dir = AT_FDCWD;
		if (met)
			met(data, path);
	}
	return target;
}

const char *elf_head_loader(void)
{
	return our_loader;
}

const char *exec_target_name(enum exec_target target)
{
	switch (target) {
	case TARGET_STATIC:
		return "statically linked";
	case TARGET_FOREIGN:
		return "of another libc or machine";
	case TARGET_GO:
		return "written in Go";
	case TARGET_PRIVILEGED:
		return "setuid";
	case TARGET_ELSEWHERE:
		return "in another root directory";
	default:
		return "not traceable";
	}
}
