/* SPDX-License-Identifier: MIT */
/*
 * What a stopped call of a followed task does to paths. Most are read when
 * they begin, and the follower looks itself whether the path is there: one
 * stop a call. Those that change something are seen to their end.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "tracer/follow_mark.h"
#include "tracer/interpreter.h"
#include "tracer/tracee.h"
#include "wire/elf_head.h"
#include "wire/follow.h"
#include "wire/raw.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#else
#define NATIVE AUDIT_ARCH_AARCH64
#endif

#define X32_BIT 0x40000000u

/* A page is there or not; a string may end just before one that is not. */
#define PAGE 4096u

/* A path and what it starts from. */
#define PATH_BYTES (2 * PATH_MAX + 2)

static size_t read_memory(pid_t tid, uint64_t address, void *to, size_t size)
{
	struct iovec here = {to, size};
	struct iovec there = {(void *)(uintptr_t)address, size};
	ssize_t n;

	errno = 0;
	n = process_vm_readv(tid, &here, 1, &there, 1, 0);
	return n > 0 ? (size_t)n : 0;
}

/* The string at the address; its length, or -1. */
static long read_string(pid_t tid, uint64_t address, char *to, size_t size)
{
	size_t n = 0, part, got;
	char *end;

	while (n < size) {
		part = PAGE - (address + n) % PAGE;
		if (part > size - n)
			part = size - n;
		/* Most strings are short. */
		if (n == 0 && part > 256)
			part = 256;
		got = read_memory(tid, address + n, to + n, part);
		end = memchr(to + n, '\0', got);
		if (end)
			return end - to;
		if (got < part)
			return -1;
		n += got;
	}
	return -1;
}

/* The directory that a relative path starts from. */
static long read_base(pid_t tid, int dir, char *to, size_t size)
{
	char link[64];
	ssize_t n;

	if (dir == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/%d/cwd", (int)tid);
	else
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)tid, dir);
	n = readlink(link, to, size - 1);
	if (n <= 0 || *to != '/')
		return -1;
	to[n] = '\0';
	return n;
}

/* The path of a call, made absolute; its length, 0 for none, or < 0. */
static long read_path(
	pid_t tid, int dir, uint64_t address, char *to, size_t size)
{
	char path[PATH_MAX];
	long n = read_string(tid, address, path, sizeof(path)), base = 0;

	/* Of a bad address, or a name too long, the kernel makes nothing; but
	 * a process may forbid that its memory is read. */
	if (n < 0 && errno == EPERM)
		return -EPERM;
	if (n <= 0)
		return 0;
	if (*path != '/') {
		base = read_base(tid, dir, to, size);
		if (base < 0)
			return -ENOENT;
		to[base++] = '/';
	}
	memcpy(to + base, path, (size_t)n + 1);
	return base + n;
}

static void follow_call_write_path(struct tracees *tracees,
	struct tracee_process *process, const char *path, enum access_kind kind,
	unsigned flags)
{
	struct record_draft draft = {.type = RECORD_ACCESS,
		.access = (uint8_t)kind,
		.flags = (uint16_t)flags,
		.scope = tracee_scope(process),
		.tail = {path, strlen(path)}};

	if ((KIND_BIT(kind) & KINDS_INPUT) && process->muted)
		return;
	tracee_write_once(tracees, process, &draft);
}

static void write_two(struct tracees *tracees, struct tracee_process *process,
	enum record_type type, unsigned flags, const char *head,
	const char *tail)
{
	struct record_draft draft = {.type = type,
		.flags = (uint16_t)flags,
		.scope = tracee_scope(process),
		.head = {head, strlen(head)},
		.tail = {tail, strlen(tail)}};

	tracee_write(tracees, process, &draft);
}

/* What a lookup of the path says: 0 or an errno. */
static int follow_call_look(const char *path, bool nofollow, bool *is_link)
{
	struct stat st;

	*is_link = false;
	if (fstatat(AT_FDCWD, path, &st, nofollow ? AT_SYMLINK_NOFOLLOW : 0) <
		0)
		return errno;
	*is_link = S_ISLNK(st.st_mode);
	return 0;
}

static void follow_call_write_accesses(struct tracees *tracees,
	struct tracee *tracee, const struct call *call,
	char paths[2][PATH_BYTES], const struct call_result *result)
{
	struct call_access accesses[CALL_ACCESSES];
	unsigned count = call_accesses(call, result, accesses);

	for (unsigned i = 0; i < count; i++)
		if (*paths[accesses[i].path])
			follow_call_write_path(tracees, tracee->process,
				paths[accesses[i].path],
				(enum access_kind)accesses[i].kind,
				accesses[i].flags);
}

/* Fills the paths; false when one is none that the kernel would take. */
static bool follow_call_read_paths(struct tracees *tracees,
	struct tracee *tracee, const struct call *call,
	char paths[2][PATH_BYTES])
{
	static const char unknown[] =
		"a relative path without a known directory";
	static const char unreadable[] = "it forbids that its memory is read";
	long n;

	*paths[0] = *paths[1] = '\0';
	for (unsigned i = 0; i < 2; i++) {
		if (!call->path[i])
			continue;
		n = read_path(tracee->tid, call->dir[i], call->path[i],
			paths[i], PATH_BYTES);
		if (n < 0)
			tracee_lost(tracees, tracee->process,
				n == -EPERM ? unreadable : unknown);
		if (n <= 0)
			return false;
	}
	return *paths[0] != '\0';
}

static void read_socket(
	struct tracee *tracee, const struct call *call, char path[PATH_BYTES])
{
	struct sockaddr_un address = {0};
	size_t size = tracee->arguments[2];
	long base = 0;

	*path = '\0';
	if (size > sizeof(address) - 1)
		size = sizeof(address) - 1;
	if (read_memory(tracee->tid, call->path[0], &address, size) <
			offsetof(struct sockaddr_un, sun_path) + 1 ||
		address.sun_family != AF_UNIX || !*address.sun_path)
		return;
	if (*address.sun_path != '/') {
		base = read_base(tracee->tid, AT_FDCWD, path, PATH_MAX);
		if (base < 0)
			base = 0;
		path[base++] = '/';
	}
	strcpy(path + base, address.sun_path);
}

static void follow_call_list(
	struct tracees *tracees, struct tracee *tracee, int fd)
{
	char path[PATH_MAX];

	if (read_base(tracee->tid, fd, path, sizeof(path)) > 0)
		follow_call_write_path(
			tracees, tracee->process, path, ACCESS_LIST, 0);
}

static bool changes(const struct call *call)
{
	switch (call->effect) {
	case EFFECT_OPEN:
	case EFFECT_CREAT:
	case EFFECT_OPEN_HOW:
		return (call->flags & O_ACCMODE) != O_RDONLY ||
		       call->flags & (O_CREAT | O_TRUNC);
	case EFFECT_LOOK:
	case EFFECT_READ_LINK:
	case EFFECT_LIST:
	case EFFECT_ENTER:
	case EFFECT_CONNECT:
	case EFFECT_EXEC:
		return false;
	default:
		return true;
	}
}

static bool has_no_path(enum call_effect effect)
{
	return effect == EFFECT_MOUNT || effect == EFFECT_RING ||
	       effect == EFFECT_PTRACE;
}

static bool follow_call_read_call(struct tracee *tracee, struct call *call)
{
	struct call_shape shape =
		tracee->i386 ? call_shape_i386((long)tracee->number)
			     : call_shape((long)tracee->number);
	uint64_t flags;

	if (shape.effect == EFFECT_NONE)
		return false;
	call_decode(&shape, tracee->arguments, call);
	if (call->effect == EFFECT_OPEN_HOW)
		call->flags = read_memory(tracee->tid, tracee->arguments[2],
				      &flags, sizeof(flags)) == sizeof(flags)
				      ? (int)flags
				      : O_RDWR;
	return true;
}

/* Where a link leads that is about to go away. */
static void follow_call_keep_link(
	struct tracees *tracees, struct tracee *tracee, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = *path ? readlink(path, target, sizeof(target) - 1) : -1;

	if (n <= 0)
		return;
	target[n] = '\0';
	write_two(tracees, tracee->process, RECORD_LINK, 0, target, path);
}

struct exec_of {
	struct tracees *tracees;
	struct tracee_process *process;
};

static void follow_call_saw_interpreter(void *data, const char *path)
{
	struct exec_of *exec = data;

	bool there = access(path, F_OK) == 0 || errno != ENOENT;

	if (*path == '/')
		follow_call_write_path(exec->tracees, exec->process, path,
			there ? ACCESS_READ : ACCESS_ABSENT, 0);
}

/* The words of the array at the address, each with a NUL; their size. */
static size_t follow_read_words(pid_t tid, uint64_t array, char *to)
{
	uint64_t word;
	size_t size = 0;
	long n;

	while (size < RECORD_WORDS_MAX &&
		read_memory(tid, array, &word, sizeof(word)) == sizeof(word) &&
		word) {
		n = read_string(tid, word, to + size, RECORD_WORDS_MAX - size);
		if (n < 0)
			return size;
		size += (size_t)n + 1;
		array += sizeof(word);
	}
	return size;
}

/* What the program of an exec is told: execveat() has a folder first. */
static void keep_words(struct tracee *tracee, const struct call *call)
{
	struct tracee_process *process = tracee->process;
	char words[RECORD_WORDS_MAX];
	unsigned at = call->path[0] == tracee->arguments[0] ? 1 : 2;

	free(process->told);
	process->told = NULL;
	process->told_size = 0;
	/* Of another word size: such programs are told apart by nothing. */
	if (tracee->i386)
		return;
	process->told_size =
		follow_read_words(tracee->tid, tracee->arguments[at], words);
	process->told = xcalloc(process->told_size + 1, 1);
	memcpy(process->told, words, process->told_size);
}

static void begin_exec(
	struct tracees *tracees, struct tracee *tracee, char *path)
{
	struct tracee_process *process = tracee->process;
	struct exec_of exec = {tracees, process};
	bool is_link;

	if (!*path)
		read_base(
			tracee->tid, (int)tracee->arguments[0], path, PATH_MAX);
	free(process->executing);
	process->executing = xstrdup(path);
	switch (follow_call_look(path, false, &is_link)) {
	case 0:
		elf_head_target(
			AT_FDCWD, path, follow_call_saw_interpreter, &exec);
		break;
	case ENOENT:
		follow_call_write_path(
			tracees, process, path, ACCESS_ABSENT, 0);
		break;
	default:
		follow_call_write_path(
			tracees, process, path, ACCESS_STAT, RECORD_REFUSED);
		break;
	}
	/* Should it fail after all, it was looked at. */
	follow_call_write_path(
		tracees, process, path, ACCESS_STAT, RECORD_REFUSED);
}

/* Calls that change nothing: what they find is what we find. */
static void observe_now(struct tracees *tracees, struct tracee *tracee,
	const struct call *call, char paths[2][PATH_BYTES])
{
	struct call_result result = {.existed = true};

	if (call->effect == EFFECT_EXEC) {
		begin_exec(tracees, tracee, paths[0]);
		keep_words(tracee, call);
		return;
	}
	if (!*paths[0] || follow_mark(tracees, tracee->process, paths[0]))
		return;
	result.error =
		follow_call_look(paths[0], call->nofollow, &result.is_link);
	if (call->effect == EFFECT_READ_LINK && !result.error &&
		!result.is_link)
		result.error = EINVAL;
	follow_call_write_accesses(tracees, tracee, call, paths, &result);
}

/* What has to be known before the call changes it. */
static void observe_before(struct tracees *tracees, struct tracee *tracee,
	const struct call *call, char paths[2][PATH_BYTES])
{
	bool is_link;

	tracee->existed = true;
	if (call_asks_existing(call))
		tracee->existed =
			follow_call_look(paths[0], false, &is_link) != ENOENT;
	if (call->effect == EFFECT_RENAME)
		follow_call_keep_link(tracees, tracee, paths[1]);
	if (call->effect == EFFECT_RENAME || call->effect == EFFECT_REMOVE)
		follow_call_keep_link(tracees, tracee, paths[0]);
}

static bool read_registers(struct tracees *tracees, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info),
		    &info) <= 0 ||
		info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return false;
	tracee->i386 = info.arch == AUDIT_ARCH_I386;
	tracee->number = info.seccomp.nr;
	for (unsigned i = 0; i < 6; i++)
		tracee->arguments[i] = info.seccomp.args[i];
	if ((info.arch == NATIVE && !(info.seccomp.nr & X32_BIT)) ||
		(tracee->i386 && NATIVE == AUDIT_ARCH_X86_64))
		return true;
	tracee_lost(tracees, tracee->process,
		"it made system calls of another machine");
	return false;
}

static bool asks_affinity(const struct tracee *tracee)
{
	static const uint32_t native[] = FOLLOW_AFFINITY;
#if defined(__x86_64__)
	static const uint32_t i386[] = FOLLOW_AFFINITY_I386;
	const uint32_t *numbers = tracee->i386 ? i386 : native;
#else
	const uint32_t *numbers = native;
#endif

	return tracee->number == numbers[0] || tracee->number == numbers[1];
}

/* /proc/PID/status tells it, too. */
static bool tells_affinity(const char *path)
{
	size_t n = strlen(path);

	return !strncmp(path, "/proc/", 6) && n > 7 &&
	       !strcmp(path + n - 7, "/status");
}

bool follow_call_begins(struct tracees *tracees, struct tracee *tracee)
{
	char paths[2][PATH_BYTES] = {"", ""};
	struct call call;

	if (!read_registers(tracees, tracee))
		return false;
	if (asks_affinity(tracee))
		follow_cpu_asked(tracees, tracee);
	if (!follow_call_read_call(tracee, &call))
		return false;
	if (call.effect == EFFECT_LIST) {
		follow_call_list(tracees, tracee, (int)call.path[0]);
		return false;
	}
	if (call.effect == EFFECT_CONNECT || call.effect == EFFECT_BIND)
		read_socket(tracee, &call, paths[0]);
	else if (!has_no_path(call.effect) &&
		 !follow_call_read_paths(tracees, tracee, &call, paths) &&
		 call.effect != EFFECT_EXEC)
		return false;
	if (tells_affinity(paths[0]))
		follow_cpu_asked(tracees, tracee);
	if (!changes(&call)) {
		observe_now(tracees, tracee, &call, paths);
		return false;
	}
	observe_before(tracees, tracee, &call, paths);
	tracee->in_call = true;
	return true;
}

static void note_losses(
	struct tracees *tracees, struct tracee *tracee, const struct call *call)
{
	struct tracee_process *process = tracee->process;

	if (call->effect == EFFECT_MOUNT)
		tracee_lost(tracees, process, "it changed what is mounted");
	else if (call->effect == EFFECT_RING)
		tracee_lost(tracees, process, LOST_RING);
	else if (call->effect == EFFECT_ROOT)
		tracee_lost(tracees, process, "it changed its root directory");
}

void follow_call_ends(
	struct tracees *tracees, struct tracee *tracee, int64_t value)
{
	struct call_result result = {.existed = tracee->existed,
		.error = raw_failed(value) ? (int)-value : 0};
	char paths[2][PATH_BYTES] = {"", ""}, target[PATH_MAX];
	struct call call;

	if (!follow_call_read_call(tracee, &call))
		return;
	if (!result.error)
		note_losses(tracees, tracee, &call);
	else if (call.effect == EFFECT_PTRACE && result.error == EPERM)
		tracee_lost(tracees, tracee->process,
			"ftrace was in the way of its own use of ptrace");
	if (has_no_path(call.effect))
		return;
	if (call.effect == EFFECT_BIND)
		read_socket(tracee, &call, paths[0]);
	else if (!follow_call_read_paths(tracees, tracee, &call, paths))
		return;
	if (!result.error && call.effect == EFFECT_RENAME)
		write_two(tracees, tracee->process, RECORD_RENAME, 0, paths[0],
			paths[1]);
	else
		follow_call_write_accesses(
			tracees, tracee, &call, paths, &result);
	if (!result.error && call.effect == EFFECT_SYMLINK &&
		read_string(tracee->tid, tracee->arguments[0], target,
			sizeof(target)) > 0)
		write_two(tracees, tracee->process, RECORD_LINK, RECORD_MADE,
			target, paths[0]);
}

/* The file that was executed, which a script is not, and its loader. */
static void write_image(struct tracees *tracees, struct tracee *tracee)
{
	char link[64], path[PATH_MAX], *loader;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)tracee->tid);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || *path != '/')
		return;
	path[n] = '\0';
	follow_call_write_path(tracees, tracee->process, path, ACCESS_READ, 0);
	loader = interpreter_of(path);
	if (loader)
		follow_call_write_path(
			tracees, tracee->process, loader, ACCESS_READ, 0);
	free(loader);
}

/* And the folder that it is started in, which leads. */
static void follow_tell_words(struct tracees *tracees, struct tracee *tracee)
{
	struct tracee_process *process = tracee->process;
	char folder[PATH_MAX] = "";
	struct record_draft draft = {.type = RECORD_WORDS,
		.number = process->serial,
		.scope = tracee_scope(process),
		.tail = {process->told, process->told_size}};

	if (!process->told)
		return;
	if (read_base(tracee->tid, AT_FDCWD, folder, sizeof(folder)) < 0)
		*folder = '\0';
	draft.head = (struct text){folder, strlen(folder)};
	tracee_write(tracees, process, &draft);
}

void follow_executed(struct tracees *tracees, struct tracee *tracee)
{
	struct tracee_process *process = tracee->process;
	struct arena_header *header = tracees->arena->header;
	const char *path = process->executing ? process->executing : "";
	struct record_draft draft = {.type = RECORD_EXEC,
		.scope = tracee_scope(process),
		.tail = {path, strlen(path)}};

	/* Whoever asked to be followed has announced the first exec. */
	if (!process->announced) {
		process->serial = atomic_fetch_add(&header->serials, 1) + 1;
		draft.number = process->serial;
		tracee_write(tracees, process, &draft);
		follow_tell_words(tracees, tracee);
	}
	atomic_store(&process->claim, NULL);
	atomic_store(&process->image, 0);
	process->base = tracee_scope(process);
	process->depth = process->muted = 0;
	process->began = tracee_clock();
	memset(&process->repeats, 0, sizeof(process->repeats));
	draft.type = RECORD_HELLO;
	draft.flags = RECORD_SEEN;
	draft.number = process->serial;
	tracee_write(tracees, process, &draft);
	if (process->expected)
		atomic_fetch_add(&header->answered, 1);
	process->announced = process->expected = false;
	write_image(tracees, tracee);
}
