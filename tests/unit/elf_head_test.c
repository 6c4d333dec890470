/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/elf_head.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#define LOADER "/lib64/ld-linux-x86-64.so.2"
#else
#define MACHINE EM_AARCH64
#define LOADER "/lib/ld-linux-aarch64.so.1"
#endif

struct image {
	Elf64_Ehdr head;
	Elf64_Phdr programs[2];
	char loader[64];
};

static struct image image_with(const char *loader)
{
	struct image image = {
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				 ELFCLASS64, ELFDATA2LSB},
			.e_machine = MACHINE,
			.e_phnum = 2,
			.e_phoff = offsetof(struct image, programs)},
		.programs = {{.p_type = PT_PHDR},
			{.p_type = PT_INTERP,
				.p_offset = offsetof(struct image, loader),
				.p_filesz = strlen(loader) + 1}}};

	snprintf(image.loader, sizeof(image.loader), "%s", loader);
	return image;
}

static enum exec_target target_at(const char *path)
{
	return elf_head_target(AT_FDCWD, path, NULL, NULL);
}

static enum exec_target target_of(const struct image *image, size_t size)
{
	write_bytes("program", image, size);
	return target_at("program");
}

TEST(programs_of_this_machine)
{
	assert_int_equal(target_at("/bin/sh"), TARGET_TRACEABLE);
	/* With ASan in it, in one of the builds. */
	assert_true(exec_target_is_seen(target_at("/proc/self/exe")));
	assert_int_equal(target_at(STATIC_PROGRAM), TARGET_STATIC);
}

TEST(loaders)
{
	struct image image = image_with(LOADER);

	assert_int_equal(target_of(&image, sizeof(image)), TARGET_TRACEABLE);
	image = image_with("/usr" LOADER);
	assert_int_equal(target_of(&image, sizeof(image)), TARGET_TRACEABLE);
	image = image_with("/lib/ld-musl-x86_64.so.1");
	assert_int_equal(target_of(&image, sizeof(image)), TARGET_FOREIGN);
	image.programs[1].p_type = PT_LOAD;
	assert_int_equal(target_of(&image, sizeof(image)), TARGET_STATIC);
}

TEST(other_machines)
{
	struct image image = image_with(LOADER);

	image.head.e_machine = EM_RISCV;
	assert_int_equal(target_of(&image, sizeof(image)), TARGET_FOREIGN);
	image = image_with(LOADER);
	image.head.e_ident[EI_CLASS] = ELFCLASS32;
	assert_int_equal(target_of(&image, sizeof(image)), TARGET_FOREIGN);
}

TEST(privileged)
{
	struct image image = image_with(LOADER);

	write_bytes("program", &image, sizeof(image));
	/* Its owner does not become anybody else. */
	assert_int_equal(chmod("program", 06755), 0);
	assert_int_equal(target_at("program"), TARGET_TRACEABLE);
	if (geteuid() != 0) {
		assert_int_equal(target_at("/bin/su"), TARGET_PRIVILEGED);
		return;
	}
	assert_int_equal(chown("program", 65534, 0), 0);
	assert_int_equal(chmod("program", 04755), 0);
	assert_int_equal(target_at("program"), TARGET_PRIVILEGED);
	assert_int_equal(chown("program", 0, 65534), 0);
	assert_int_equal(chmod("program", 02755), 0);
	assert_int_equal(target_at("program"), TARGET_PRIVILEGED);
}

TEST(go)
{
	struct {
		struct image image;
		Elf64_Nhdr head;
		char name[4];
	} program = {.image = image_with(LOADER),
		.head = {.n_namesz = 4},
		.name = "Go"};
	Elf64_Phdr *note = &program.image.programs[0];

	note->p_type = PT_NOTE;
	note->p_offset = offsetof(__typeof__(program), head);
	write_bytes("program", &program, sizeof(program));
	assert_int_equal(target_at("program"), TARGET_GO);
	program.name[0] = 'N';
	write_bytes("program", &program, sizeof(program));
	assert_int_equal(target_at("program"), TARGET_TRACEABLE);
}

static void remember(void *data, const char *path)
{
	char *all = data;

	strcat(strcat(all, path), ";");
}

TEST(interpreters)
{
	char all[64] = "";

	write_bytes("inner", "#! /bin/sh -e\n", 14);
	write_bytes("outer", "#!inner\n", 8);
	assert_int_equal(elf_head_target(AT_FDCWD, "outer", remember, all),
		TARGET_TRACEABLE);
	assert_string_equal(all, "inner;/bin/sh;");
}

TEST(truncated)
{
	struct image image = image_with(LOADER);

	assert_int_equal(target_of(&image, 0), TARGET_UNKNOWN);
	assert_int_equal(target_of(&image, 20), TARGET_UNKNOWN);
	/* The head is there and the program headers are not. */
	assert_int_equal(target_of(&image, sizeof(Elf64_Ehdr)), TARGET_UNKNOWN);
	assert_int_equal(target_of(&image, offsetof(struct image, loader)),
		TARGET_FOREIGN);
	image.head.e_phnum = UINT16_MAX;
	assert_int_equal(target_of(&image, sizeof(image)), TARGET_UNKNOWN);
}

TEST(scripts)
{
	struct image image = image_with(LOADER);

	write_bytes("program", &image, sizeof(image));
	write_file("script", "#!program\n");
	assert_int_equal(target_at("script"), TARGET_TRACEABLE);
	write_file("spaced", "#! \tprogram -x y\n");
	assert_int_equal(target_at("spaced"), TARGET_TRACEABLE);
	write_file("nested", "#!script");
	assert_int_equal(target_at("nested"), TARGET_TRACEABLE);
	write_file("static", "#!" STATIC_PROGRAM "\n");
	assert_int_equal(target_at("static"), TARGET_STATIC);
	write_file("loop", "#!loop\n");
	assert_int_equal(target_at("loop"), TARGET_UNKNOWN);
	write_file("nothing", "#!\n");
	assert_int_equal(target_at("nothing"), TARGET_UNKNOWN);
	write_file("text", "echo\n");
	assert_int_equal(target_at("text"), TARGET_UNKNOWN);
}

TEST(no_programs)
{
	assert_int_equal(target_at("missing"), TARGET_UNKNOWN);
	assert_int_equal(target_at("."), TARGET_UNKNOWN);
	/* Opening it must not wait for a writer. */
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(target_at("pipe"), TARGET_UNKNOWN);
}

TEST(errno_is_kept)
{
	errno = 77;
	target_at("missing");
	target_at("/bin/sh");
	assert_int_equal(errno, 77);
}

TEST(names)
{
	assert_string_equal(
		exec_target_name(TARGET_STATIC), "statically linked");
	assert_string_equal(exec_target_name(TARGET_PRIVILEGED), "setuid");
	assert_string_equal(
		exec_target_name(TARGET_FOREIGN), "of another libc or machine");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_of_this_machine),
		IN_SCRATCH(loaders),
		IN_SCRATCH(other_machines),
		IN_SCRATCH(privileged),
		IN_SCRATCH(go),
		IN_SCRATCH(interpreters),
		IN_SCRATCH(truncated),
		IN_SCRATCH(scripts),
		IN_SCRATCH(no_programs),
		IN_SCRATCH(errno_is_kept),
		cmocka_unit_test(names),
	};

	return RUN_TESTS(tests);
}
