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
#define HEAD_BYTES 256
#define PROGRAM_HEADERS_MAX 64

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
static const char our_loader[] = "/lib64/ld-linux-x86-64.so.2";
#else
#define OUR_MACHINE EM_AARCH64
static const char our_loader[] = "/lib/ld-linux-aarch64.so.1";
#endif

/* Whether the loader that the header names is the one that loaded us. */
static bool is_our_loader(int fd, const Elf64_Phdr *program)
{
	char loader[128];
	const char *base, *ours = strrchr(our_loader, '/');
	long n = raw_pread(
		fd, loader, sizeof(loader) - 1, (long)program->p_offset);

	if (n <= 0 || n < (long)program->p_filesz)
		return false;
	loader[n] = '\0';
	/* Distributions place the one loader under several names. */
	base = strrchr(loader, '/');
	return base && !strcmp(base, ours);
}

/* Go's linker names its note "Go" (cmd/link, .note.go.buildid). */
static bool is_go_note(int fd, const Elf64_Phdr *program)
{
	struct {
		Elf64_Nhdr head;
		char name[4];
	} note;

	return raw_pread(fd, &note, sizeof(note), (long)program->p_offset) ==
		       sizeof(note) &&
	       note.head.n_namesz == 4 && !memcmp(note.name, "Go\0", 4);
}

static enum exec_target look_inside(int fd, const Elf64_Ehdr *head)
{
	enum exec_target target = TARGET_STATIC;
	Elf64_Phdr program;
	bool go = false;
	long n;

	if (head->e_phnum > PROGRAM_HEADERS_MAX)
		return TARGET_UNKNOWN;
	for (unsigned i = 0; i < head->e_phnum; i++) {
		n = raw_pread(fd, &program, sizeof(program),
			(long)(head->e_phoff + i * sizeof(program)));
		if (n != (long)sizeof(program))
			return TARGET_UNKNOWN;
		if (program.p_type == PT_INTERP)
			target = is_our_loader(fd, &program)
					 ? TARGET_TRACEABLE
					 : TARGET_FOREIGN;
		else if (program.p_type == PT_NOTE)
			go |= is_go_note(fd, &program);
	}
	return go && target == TARGET_TRACEABLE ? TARGET_GO : target;
}

/* Whether executing the file would change who the process is. */
static bool is_privileged(const struct stat *st)
{
	return (st->st_mode & S_ISUID &&
		       st->st_uid !=
			       (uid_t)raw_call(SYS_geteuid, 0, 0, 0, 0, 0, 0)) ||
	       (st->st_mode & S_ISGID &&
		       st->st_gid !=
			       (gid_t)raw_call(SYS_getegid, 0, 0, 0, 0, 0, 0));
}

/* Leaves a script's interpreter in head, and says so. */
static bool is_script(char *head, long n)
{
	char *start, *end;

	if (n < 3 || head[0] != '#' || head[1] != '!')
		return false;
	head[n < HEAD_BYTES ? n : HEAD_BYTES - 1] = '\0';
	start = head + 2 + strspn(head + 2, " \t");
	end = start + strcspn(start, " \t\n");
	*end = '\0';
	memmove(head, start, (size_t)(end - start) + 1);
	return head[0] != '\0';
}

static enum exec_target look(
	int dir, const char *path, char *head, bool *script)
{
	enum exec_target target = TARGET_UNKNOWN;
	int fd = raw_openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	Elf64_Ehdr *elf = (Elf64_Ehdr *)head;
	struct stat st;
	long n;

	*script = false;
	if (fd < 0)
		return TARGET_UNKNOWN;
	if (raw_call(SYS_fstat, fd, (long)&st, 0, 0, 0, 0) < 0 ||
		!S_ISREG(st.st_mode))
		goto out;
	n = raw_pread(fd, head, HEAD_BYTES, 0);
	if (n >= (long)sizeof(*elf) && !memcmp(elf->e_ident, ELFMAG, SELFMAG)) {
		if (is_privileged(&st))
			target = TARGET_PRIVILEGED;
		else if (elf->e_ident[EI_CLASS] != ELFCLASS64 ||
			 elf->e_machine != OUR_MACHINE)
			target = TARGET_FOREIGN;
		else
			target = look_inside(fd, elf);
	} else {
		*script = is_script(head, n);
	}
out:
	raw_close(fd);
	return target;
}

enum exec_target elf_head_target(
	int dir, const char *path, met_interpreter *met, void *data)
{
	_Alignas(8) char head[HEAD_BYTES];
	char name[HEAD_BYTES];
	enum exec_target target = TARGET_UNKNOWN;
	bool script;

	for (int i = 0; i < SCRIPTS_MAX; i++) {
		target = look(dir, path, head, &script);
		if (!script)
			break;
		memcpy(name, head, sizeof(name));
		path = name;
		if (met)
			met(data, path);
		dir = AT_FDCWD;
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
	default:
		return "not traceable";
	}
}
