/* SPDX-License-Identifier: MIT */
#include "fold/loader_machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "wire/elf_head.h"
#include "wire/raw.h"

/* The loader has four at most; 2 to the power of these is looked into. */
#define LEGACY_MAX 10

#define ANSWER_MAX (64u << 10)

static void add_folder(struct loader_machine *machine, char *folder)
{
	*(char **)array_add(&machine->folders, &machine->count, &machine->room,
		sizeof(folder)) = folder;
}

/* Every choice of the names in their order, those with the first name first. */
static void add_choices(
	struct loader_machine *machine, char *const *names, size_t count)
{
	for (size_t choice = (size_t)1 << count; choice-- > 1;) {
		char *folder = xstrdup(""), *longer;

		for (size_t i = 0; i < count; i++) {
			if (!(choice >> (count - 1 - i) & 1))
				continue;
			longer = xasprintf("%s%s/", folder, names[i]);
			free(folder);
			folder = longer;
		}
		add_folder(machine, folder);
	}
}

struct help {
	struct loader_machine *machine;
	enum { OTHER, PATHS, HWCAPS, LEGACY } part;
	char *legacy[LEGACY_MAX];
	size_t legacy_count;
};

/* The loader takes tls before the platform, and prints it after it. */
static void take_legacy(struct help *help, char *name, const char *remark)
{
	size_t at = help->legacy_count;

	if (!strncmp(remark, "(AT_PLATFORM", 12) && !help->machine->platform)
		help->machine->platform = xstrdup(name);
	if (!strstr(remark, "searched") || at == LEGACY_MAX) {
		free(name);
		return;
	}
	if (!strcmp(name, "tls")) {
		memmove(help->legacy + 1, help->legacy,
			at * sizeof(*help->legacy));
		at = 0;
	}
	help->legacy[at] = name;
	help->legacy_count++;
}

/* On every distribution $LIB is the system's first directory, less /usr. */
static void loader_machine_take_path(
	struct help *help, const char *path, const char *remark)
{
	struct loader_machine *machine = help->machine;
	char *longer;

	if (!strstr(remark, "(system search path)"))
		return;
	if (!machine->system) {
		machine->system = xstrdup(path);
		if (!strncmp(path, "/usr/", 5))
			path += 4;
		machine->lib = xstrdup(path + (*path == '/'));
		return;
	}
	longer = xasprintf("%s:%s", machine->system, path);
	free(machine->system);
	machine->system = longer;
}

static void loader_machine_take_entry(struct help *help, const char *line)
{
	size_t n = strcspn(line, " \n");
	char *name = xmemdup(line, n);
	char *remark = xmemdup(line + n, strcspn(line + n, "\n"));
	const char *text = remark + strspn(remark, " ");

	if (help->part == LEGACY) {
		take_legacy(help, name, text);
		name = NULL;
	} else if (help->part == HWCAPS && strstr(text, "searched")) {
		add_folder(help->machine, xasprintf("glibc-hwcaps/%s/", name));
	} else if (help->part == PATHS) {
		loader_machine_take_path(help, name, text);
	}
	free(name);
	free(remark);
}

void loader_machine_parse(struct loader_machine *machine, const char *text)
{
	struct help help = {.machine = machine};

	for (; *text; text += strcspn(text, "\n"), text += *text != '\0') {
		if (!strncmp(text, "Shared library search path", 26))
			help.part = PATHS;
		else if (!strncmp(text, "Subdirectories of glibc-hwcaps", 30))
			help.part = HWCAPS;
		else if (!strncmp(text, "Legacy HWCAP subdirectories", 27))
			help.part = LEGACY;
		else if (*text == '\n' || strncmp(text, "  ", 2) != 0)
			help.part = OTHER;
		else if (help.part != OTHER)
			loader_machine_take_entry(&help, text + 2);
	}
	add_choices(machine, help.legacy, help.legacy_count);
	add_folder(machine, xstrdup(""));
	for (size_t i = 0; i < help.legacy_count; i++)
		free(help.legacy[i]);
}

static const char platform_key[] = "dl_platform=\"";

/* Since glibc 2.37 `--help` does not name it any more. */
static void parse_platform(struct loader_machine *machine, const char *text)
{
	const size_t n = sizeof(platform_key) - 1;
	const char *at = strstr(text, platform_key);

	if (at && !machine->platform)
		machine->platform = xmemdup(at + n, strcspn(at + n, "\"\n"));
}

static _Noreturn void become_loader(const char *option, int output)
{
	char *argv[] = {(char *)elf_head_loader(), (char *)option, NULL};
	size_t count = 0, n = 0;

	while (environ[count])
		count++;
	char *envp[count + 1];
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "LD_", 3) != 0)
			envp[n++] = environ[i];
	envp[n] = NULL;
	if (dup2(output, STDOUT_FILENO) >= 0 &&
		dup2(output, STDERR_FILENO) >= 0)
		/* Without libc: an ftrace around us has no business here. */
		raw_call(SYS_execve, (long)argv[0], (long)argv, (long)envp, 0,
			0, 0);
	_exit(127);
}

/*
 * What the loader prints, up to the line with the key where there is one; to be
 * freed, and empty when it cannot be asked. What is left of the diagnostics is
 * about the processor, and takes a virtual machine a third of a second.
 */
static char *loader_machine_run(const char *option, const char *key)
{
	char *answer = xcalloc(ANSWER_MAX, 1);
	size_t size = 0;
	int ends[2], status;
	const char *line = NULL;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return answer;
	pid = fork();
	if (pid == 0)
		become_loader(option, ends[1]);
	close(ends[1]);
	while (pid > 0 && size < ANSWER_MAX - 1 &&
		(!line || !strchr(line, '\n'))) {
		n = read(ends[0], answer + size, ANSWER_MAX - 1 - size);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		size += n > 0 ? (size_t)n : 0;
		line = key ? strstr(answer, key) : NULL;
	}
	close(ends[0]);
	if (line)
		kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return answer;
}

void loader_machine_ask(struct loader_machine *machine)
{
	char *answer = loader_machine_run("--help", NULL);

	memset(machine, 0, sizeof(*machine));
	loader_machine_parse(machine, answer);
	free(answer);
	if (machine->platform)
		return;
	answer = loader_machine_run("--list-diagnostics", platform_key);
	parse_platform(machine, answer);
	free(answer);
}

void loader_machine_release(struct loader_machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		free(machine->folders[i]);
	free(machine->folders);
	free(machine->system);
	free(machine->platform);
	free(machine->lib);
	memset(machine, 0, sizeof(*machine));
}
