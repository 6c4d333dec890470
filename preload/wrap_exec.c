/* SPDX-License-Identifier: MIT */
/*
 * Executing: each exec is announced with a serial number, which the new image
 * answers when it starts (RECORD_HELLO); an announcement without an answer
 * makes its scope incomplete. The environment is put right on the way
 * (preload/environment.h), so a program that scrubs it stays traced.
 *
 * All of this may run in a vfork child, in the memory of its parent.
 */
#include "preload/libc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "preload/environment.h"
#include "preload/objects.h"
#include "preload/observe.h"
#include "preload/real.h"
#include "preload/recorder.h"
#include "preload/scope.h"
#include "wire/elf_head.h"
#include "wire/raw.h"

/* Above this many variables their array is mapped and not on the stack. */
#define STACK_SLOTS 512
#define DEFAULT_PATH "/bin:/usr/bin"

struct request {
	/* Makes the real call; 0 on success, else an errno. */
	int (*run)(struct request *request, char *const envp[]);
	int dir;
	const char *path;
	char *const *argv;
	bool search; /* along PATH */
	int flags;
	pid_t *pid;
	const posix_spawn_file_actions_t *actions;
	const posix_spawnattr_t *attributes;
};

static void announce(struct record_draft *draft, uint32_t serial, int dir,
	const char *path, enum exec_target target)
{
	char *buffer = scratch_take();
	const char *why = exec_target_name(target);
	long n = -1;

	draft->number = serial;
	draft->scope = scope_in_force();
	if (target == TARGET_STATIC || target == TARGET_FOREIGN ||
		target == TARGET_PRIVILEGED) {
		draft->flags = RECORD_UNTRACED;
		draft->head = (struct text){why, strlen(why)};
	}
	draft->tail = (struct text){path, strlen(path)};
	if (*path != '/' && buffer && dir == AT_FDCWD) {
		n = raw_getcwd(buffer, SCRATCH_SIZE);
		if (n > 1 && *buffer == '/')
			draft->dir = (struct text){buffer, (size_t)n - 1};
	}
	recorder_write(draft);
	if (!(draft->flags & RECORD_UNTRACED))
		recorder_announced();
	if (buffer)
		scratch_give(buffer);
}

/*
 * Where the search of PATH ends, in buffer; every place passed on the way is
 * recorded as absent. NULL when nothing is found.
 */
static const char *search_path(const char *file, char *buffer)
{
	const char *path = getenv("PATH");
	size_t file_size = strlen(file) + 1;

	if (!path)
		path = DEFAULT_PATH;
	for (;;) {
		size_t n = strcspn(path, ":");
		char *at = buffer;

		if (n + 1 + file_size <= SCRATCH_SIZE) {
			memcpy(at, path, n);
			at += n;
			if (n)
				*at++ = '/';
			memcpy(at, file, file_size);
			if (raw_faccessat(AT_FDCWD, buffer, X_OK) == 0)
				return buffer;
			saw(AT_FDCWD, buffer, ACCESS_STAT, 0,
				-raw_faccessat(AT_FDCWD, buffer, F_OK));
		}
		if (!path[n])
			return NULL;
		path += n + 1;
	}
}

static int run_with(struct request *request, char *const *envp, uint32_t serial,
	bool preload)
{
	struct environment_size need = environment_measure(envp);
	bool mapped = need.slots > STACK_SLOTS;
	char text[need.bytes];
	char *own[mapped ? 1 : need.slots];
	size_t bytes = need.slots * sizeof(*own);
	char **slots = own;
	long address;
	int error;

	if (mapped) {
		address = raw_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (address < 0 && address >= -4095)
			return request->run(request, envp);
		slots = (char **)address;
	}
	environment_fill(slots, text, envp, scope_in_force(), serial, preload);
	error = request->run(request, slots);
	if (mapped)
		raw_munmap(slots, bytes);
	return error;
}

static int traced(struct request *request, char *const *envp)
{
	struct record_draft draft = {.type = RECORD_EXEC};
	char *buffer = NULL;
	const char *path = request->path;
	enum exec_target target;
	uint32_t serial;
	int error;

	if (!recorder_on() || !path || (uintptr_t)path < 4096)
		return request->run(request, envp);
	objects_settle();
	if (request->search && !strchr(path, '/')) {
		buffer = scratch_take();
		path = buffer ? search_path(path, buffer) : NULL;
	}
	if (!path)
		path = request->path;
	target = elf_head_target(path);
	serial = recorder_serial();
	announce(&draft, serial, request->dir, path, target);
	error = run_with(request, envp, serial, target != TARGET_FOREIGN);
	if (error) {
		draft.type = RECORD_EXEC_FAILED;
		draft.head = draft.dir = draft.tail = (struct text){"", 0};
		recorder_write(&draft);
		if (!(draft.flags & RECORD_UNTRACED))
			recorder_answered();
		/* A search in vain has said where it looked. */
		if (!request->search || strchr(path, '/'))
			saw(request->dir, path, ACCESS_EXEC, 0, error);
	}
	if (buffer)
		scratch_give(buffer);
	return error;
}

static int fail(int error)
{
	if (!error)
		return 0;
	errno = error;
	return -1;
}

static int run_execve(struct request *request, char *const envp[])
{
	REAL(execve)(request->path, request->argv, envp);
	return errno;
}

static int run_execvpe(struct request *request, char *const envp[])
{
	REAL(execvpe)(request->path, request->argv, envp);
	return errno;
}

static int run_execveat(struct request *request, char *const envp[])
{
	REAL(execveat)
	(request->dir, request->path, request->argv, envp, request->flags);
	return errno;
}

static int run_spawn(struct request *request, char *const envp[])
{
	return REAL(posix_spawn)(request->pid, request->path, request->actions,
		request->attributes, request->argv, envp);
}

static int run_spawnp(struct request *request, char *const envp[])
{
	return REAL(posix_spawnp)(request->pid, request->path, request->actions,
		request->attributes, request->argv, envp);
}

static int exec_path(const char *path, char *const argv[], char *const envp[])
{
	struct request request = {
		.run = run_execve, .dir = AT_FDCWD, .path = path, .argv = argv};

	return fail(traced(&request, envp));
}

static int exec_search(const char *file, char *const argv[], char *const envp[])
{
	struct request request = {.run = run_execvpe,
		.dir = AT_FDCWD,
		.path = file,
		.argv = argv,
		.search = true};

	return fail(traced(&request, envp));
}

EXPORT int execve(const char *path, char *const argv[], char *const envp[])
{
	return exec_path(path, argv, envp);
}

EXPORT int execv(const char *path, char *const argv[])
{
	return exec_path(path, argv, environ);
}

EXPORT int execvp(const char *file, char *const argv[])
{
	return exec_search(file, argv, environ);
}

EXPORT int execvpe(const char *file, char *const argv[], char *const envp[])
{
	return exec_search(file, argv, envp);
}

EXPORT int execveat(int dir, const char *path, char *const argv[],
	char *const envp[], int flags)
{
	struct request request = {.run = run_execveat,
		.dir = dir,
		.path = path,
		.argv = argv,
		.flags = flags};

	/* An empty path executes the descriptor itself. */
	if ((uintptr_t)path >= 4096 && !*path && dir >= 0)
		return fexecve(dir, argv, envp);
	return fail(traced(&request, envp));
}

static int run_fexecve(struct request *request, char *const envp[])
{
	REAL(fexecve)(request->dir, request->argv, envp);
	return errno;
}

EXPORT int fexecve(int fd, char *const argv[], char *const envp[])
{
	char link[32], *buffer;
	struct request request = {.run = run_fexecve, .dir = fd, .argv = argv};
	long n;
	int error;

	if (!recorder_on())
		return REAL(fexecve)(fd, argv, envp);
	buffer = scratch_take();
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = buffer ? raw_readlink(link, buffer, SCRATCH_SIZE - 1) : -1;
	if (n > 0 && *buffer == '/') {
		buffer[n] = '\0';
		request.path = buffer;
	}
	error = traced(&request, envp);
	if (buffer)
		scratch_give(buffer);
	return fail(error);
}

/* They return an errno, and leave errno itself alone. */
#define SPAWN(name, real, along_path) \
	EXPORT int name(pid_t *pid, const char *path, \
		const posix_spawn_file_actions_t *actions, \
		const posix_spawnattr_t *attributes, char *const argv[], \
		char *const envp[]) \
	{ \
		struct request request = {.run = real, \
			.dir = AT_FDCWD, \
			.path = path, \
			.argv = argv, \
			.search = along_path, \
			.pid = pid, \
			.actions = actions, \
			.attributes = attributes}; \
		int saved = errno, error = traced(&request, envp); \
\
		errno = saved; \
		return error; \
	}

SPAWN(posix_spawn, run_spawn, false)
SPAWN(posix_spawnp, run_spawnp, true)

/* How many arguments an execl has, the closing NULL left out. */
static size_t count_arguments(va_list list)
{
	size_t n = 0;

	while (va_arg(list, char *))
		n++;
	return n;
}

static void take_arguments(char **argv, char *first, size_t n, va_list list)
{
	argv[0] = first;
	for (size_t i = 1; i <= n + 1; i++)
		argv[i] = va_arg(list, char *);
}

#define EXECL(name, call, environment) \
	EXPORT int name(const char *path, const char *first, ...) \
	{ \
		va_list list; \
		size_t n; \
\
		va_start(list, first); \
		n = first ? count_arguments(list) : 0; \
		va_end(list); \
		char *argv[n + 2]; \
		va_start(list, first); \
		if (first) \
			take_arguments(argv, (char *)first, n, list); \
		else \
			argv[0] = NULL; \
		char *const *envp = environment; \
		va_end(list); \
		return call(path, argv, envp); \
	}

EXECL(execl, exec_path, environ)
EXECL(execlp, exec_search, environ)
EXECL(execle, exec_path, va_arg(list, char *const *))

/*
 * system and popen give their shell the process's own environment, which has
 * the scope this process started in, or nothing of ours at all: it is
 * replaced for the time of the call. A thread that changes the environment
 * meanwhile makes libc copy it, and then it is left as that thread made it.
 */
struct shell_request {
	struct request request; /* first: run_shell() gets to the rest by it */
	const char *command;
	const char *type; /* popen's; NULL for system */
	FILE *stream;
	int status;
};

static int run_shell(struct request *request, char *const envp[])
{
	struct shell_request *self = (struct shell_request *)request;
	char **before = environ;
	bool failed;
	int error;

	environ = (char **)envp;
	if (self->type) {
		self->stream = REAL(popen)(self->command, self->type);
		failed = !self->stream;
	} else {
		self->status = REAL(system)(self->command);
		failed = self->status == -1;
	}
	error = failed ? errno : 0;
	if (environ == (char **)envp)
		environ = before;
	return error;
}

EXPORT int system(const char *command)
{
	struct shell_request self = {.request = {.run = run_shell,
					     .dir = AT_FDCWD,
					     .path = "/bin/sh"},
		.command = command};

	if (!command || !recorder_on())
		return REAL(system)(command);
	fail(traced(&self.request, environ));
	return self.status;
}

EXPORT FILE *popen(const char *command, const char *type)
{
	struct shell_request self = {.request = {.run = run_shell,
					     .dir = AT_FDCWD,
					     .path = "/bin/sh"},
		.command = command,
		.type = type};

	if (!type || !recorder_on())
		return REAL(popen)(command, type);
	fail(traced(&self.request, environ));
	return self.stream;
}
