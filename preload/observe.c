/* SPDX-License-Identifier: MIT */
#include "preload/observe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "preload/exec.h"
#include "preload/node.h"
#include "preload/own_calls.h"
#include "preload/recorder.h"
#include "preload/scope.h"
#include "preload/stubs.h"
#include "wire/call.h"
#include "wire/raw.h"

static bool is_input(enum access_kind kind)
{
	return (KIND_BIT(kind) & KINDS_INPUT) != 0;
}

static char *observe_put_number(char *at, int value)
{
	char digits[12];
	int n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		*at++ = digits[--n];
	*at = '\0';
	return at;
}

long fd_path(int fd, char *buffer)
{
	char link[32] = "/proc/self/fd/";
	long n;

	if (fd < 0)
		return -1;
	observe_put_number(link + 14, fd);
	n = raw_readlink(link, buffer, SCRATCH_SIZE);
	return n > 0 && *buffer == '/' ? n : -1;
}

int look_up(int dirfd, const char *path)
{
	return raw_look_up(dirfd, path);
}

/* The directory that a relative path starts from, in buffer. */
static long base_path(int dirfd, char *buffer)
{
	long n;

	if (dirfd != AT_FDCWD)
		return fd_path(dirfd, buffer);
	n = raw_getcwd(buffer, SCRATCH_SIZE);
	return n > 1 && *buffer == '/' ? n - 1 : -1;
}

static void write_draft(struct record_draft *draft)
{
	/* What happens once is never a repetition. */
	if (draft->type == RECORD_ACCESS)
		recorder_write_once(draft);
	else
		recorder_write(draft);
}

/* Completes a draft with a path and writes it. */
static void observe_write_path(
	struct record_draft *draft, int dirfd, const char *path)
{
	static const char unknown[] =
		"a relative path without a known directory";
	char *buffer;
	long n;

	draft->scope = scope_in_force();
	draft->tail = (struct text){path, strlen(path)};
	if (*path == '/') {
		write_draft(draft);
		return;
	}
	/* The stack may be a signal handler's, and small. */
	buffer = scratch_take();
	n = buffer ? base_path(dirfd, buffer) : -1;
	if (n > 0) {
		draft->dir = (struct text){buffer, (size_t)n};
		write_draft(draft);
	} else {
		recorder_lost(buffer ? unknown : "too many calls at once");
	}
	if (buffer)
		scratch_give(buffer);
}

void saw(int dirfd, const char *path, enum access_kind kind, unsigned flags)
{
	struct record_draft draft = {.type = RECORD_ACCESS,
		.access = (uint8_t)kind,
		.flags = (uint16_t)flags};

	if (!path || !*path || (is_input(kind) && scope_muted()))
		return;
	observe_write_path(&draft, dirfd, path);
}

void saw_fd(int fd, enum access_kind kind, unsigned flags)
{
	char *buffer;
	long n;

	if (is_input(kind) && scope_muted())
		return;
	buffer = scratch_take();
	if (!buffer) {
		recorder_lost("too many calls at once");
		return;
	}
	n = fd_path(fd, buffer);
	if (n > 0 && n < (long)SCRATCH_SIZE) {
		buffer[n] = '\0';
		saw(AT_FDCWD, buffer, kind, flags);
	}
	scratch_give(buffer);
}

/* "target" and the path of a link to it; see RECORD_LINK. */
static void saw_link(int dirfd, const char *path, const char *target,
	size_t size, unsigned flags)
{
	struct record_draft draft = {.type = RECORD_LINK,
		.flags = (uint16_t)flags,
		.head = {target, size}};

	if (*path && size)
		observe_write_path(&draft, dirfd, path);
}

/*
 * Before a path goes away: where it leads, when it is a symbolic link. Paths
 * that crossed it cannot be followed afterwards.
 */
static void observe_keep_link(int dirfd, const char *path)
{
	char *buffer = scratch_take();
	long n;

	if (!buffer)
		return;
	n = raw_call(SYS_readlinkat, dirfd, (long)path, (long)buffer,
		SCRATCH_SIZE, 0, 0);
	if (n > 0 && n < (long)SCRATCH_SIZE)
		saw_link(dirfd, path, buffer, (size_t)n, 0);
	scratch_give(buffer);
}

static void saw_rename(const struct call *call)
{
	const char *from = (const char *)call->path[0];
	char *buffer = scratch_take();
	struct record_draft draft = {.type = RECORD_RENAME};
	size_t size = strlen(from);
	long n = 0;

	if (!buffer) {
		recorder_lost("too many calls at once");
		return;
	}
	if (*from != '/') {
		n = base_path(call->dir[0], buffer);
		if (n > 0)
			buffer[n++] = '/';
	}
	if (n < 0 || (size_t)n + size > SCRATCH_SIZE) {
		recorder_lost("a rename without a known directory");
	} else {
		memcpy(buffer + n, from, size);
		draft.head = (struct text){buffer, (size_t)n + size};
		observe_write_path(
			&draft, call->dir[1], (const char *)call->path[1]);
	}
	scratch_give(buffer);
}

/* A mark comes as a path that is not there. */
static bool is_mark(const struct call *call, int error)
{
	const char *path = (const char *)call->path[0];

	return (error == ENOENT || error == ENAMETOOLONG) && path[0] == '/' &&
	       path[1] == '@' && scope_mark(path);
}

/*
 * The same without asking the kernel, of a program that makes marks; of others
 * the address may be one that must not be touched.
 */
static bool is_next_mark(const struct call *call)
{
	const char *path = (const char *)call->path[0];

	return scope_is_marked() && call->effect == EFFECT_LOOK &&
	       (uintptr_t)path >= 4096 && (uintptr_t)path >> 56 == 0 &&
	       path[0] == '/' && path[1] == '@' && scope_mark(path);
}

static bool finds_link(long number, const uint64_t *arguments)
{
	const struct statx *extended = (const void *)arguments[4];

	switch (number) {
	case SYS_newfstatat:
		return S_ISLNK(((const struct stat *)arguments[2])->st_mode);
	case SYS_statx:
		return extended->stx_mask & STATX_TYPE &&
		       S_ISLNK(extended->stx_mode);
#ifdef SYS_lstat
	case SYS_lstat:
		return S_ISLNK(((const struct stat *)arguments[1])->st_mode);
#endif
	default:
		return false;
	}
}

static void observe_write_accesses(
	const struct call *call, const struct call_result *result)
{
	struct call_access accesses[CALL_ACCESSES];
	unsigned count = call_accesses(call, result, accesses);

	for (unsigned i = 0; i < count; i++) {
		unsigned path = accesses[i].path;

		saw(call->dir[path], (const char *)call->path[path],
			(enum access_kind)accesses[i].kind, accesses[i].flags);
	}
}

/* struct open_how lies in the program's memory, and perhaps does not. */
static int read_how(uint64_t address)
{
	struct open_how how = {0};
	struct iovec here = {&how, sizeof(how)},
		     there = {(void *)address, sizeof(how)};

	if (raw_call(SYS_process_vm_readv, raw_getpid(), (long)&here, 1,
		    (long)&there, 1, 0) != sizeof(how))
		return O_RDWR;
	return (int)how.flags;
}

static void before(const struct call *call)
{
	int error;

	switch (call->effect) {
	case EFFECT_ENTER:
	case EFFECT_ROOT:
		/* Afterwards a relative path would start elsewhere. */
		error = look_up(AT_FDCWD, (const char *)call->path[0]);
		if (error != -EFAULT && error != -ENAMETOOLONG)
			observe_write_accesses(
				call, &(struct call_result){.error = -error});
		break;
	case EFFECT_RENAME:
		observe_keep_link(call->dir[1], (const char *)call->path[1]);
		observe_keep_link(call->dir[0], (const char *)call->path[0]);
		break;
	case EFFECT_REMOVE:
		observe_keep_link(call->dir[0], (const char *)call->path[0]);
		break;
	default:
		break;
	}
}

static void saw_socket(const struct call *call, int error, socklen_t size)
{
	const struct sockaddr_un *address = (const void *)call->path[0];
	struct call named = *call;
	char path[sizeof(address->sun_path) + 1];

	if (error == EFAULT || size <= offsetof(struct sockaddr_un, sun_path) ||
		address->sun_family != AF_UNIX || !address->sun_path[0])
		return;
	size -= (socklen_t)offsetof(struct sockaddr_un, sun_path);
	if (size > sizeof(address->sun_path))
		size = sizeof(address->sun_path);
	memcpy(path, address->sun_path, size);
	path[size] = '\0';
	named.path[0] = (uintptr_t)path;
	observe_write_accesses(&named, &(struct call_result){.error = error});
}

static void after(const struct call *call, const uint64_t *arguments,
	const struct call_result *result)
{
	if (!result->error && call->effect == EFFECT_MOUNT)
		recorder_lost("it changed what is mounted");
	if (!result->error &&
		(call->effect == EFFECT_MOUNT || call->effect == EFFECT_ROOT))
		recorder_set_elsewhere();
	if (!result->error && call->effect == EFFECT_RING &&
		!node_rings_no_files(arguments))
		recorder_lost(LOST_RING);
	if (!result->error && call->effect == EFFECT_ROOT)
		recorder_lost("it changed its root directory");
	switch (call->effect) {
	case EFFECT_CONNECT:
	case EFFECT_BIND:
		saw_socket(call, result->error, (socklen_t)arguments[2]);
		break;
	case EFFECT_RENAME:
		if (result->error)
			observe_write_accesses(call, result);
		else
			saw_rename(call);
		break;
	case EFFECT_LIST:
		if (!result->error)
			saw_fd((int)call->path[0], ACCESS_LIST, 0);
		break;
	case EFFECT_SYMLINK:
		observe_write_accesses(call, result);
		if (!result->error)
			saw_link(call->dir[0], (const char *)call->path[0],
				(const char *)arguments[0],
				strlen((const char *)arguments[0]),
				RECORD_MADE);
		break;
	case EFFECT_MOUNT:
	case EFFECT_RING:
	case EFFECT_ENTER:
	case EFFECT_ROOT:
		break;
	default:
		observe_write_accesses(call, result);
		break;
	}
}

/* A child on a stack of its own would not come back to us. */
static bool observe_fork(struct site_frame *frame)
{
	long r;

	if (frame->number == SYS_clone &&
		(frame->arguments[1] || frame->arguments[0] & CLONE_VM))
		return false;
	recorder_fork();
	r = stub_call(frame);
	if (r == 0)
		recorder_born();
	else if (r < 0)
		recorder_fork_failed();
	frame->number = (uint64_t)r;
	return true;
}

static bool observe_paths(
	struct site_frame *frame, const struct call_shape *shape)
{
	struct call_result result = {.existed = true};
	long number = (long)frame->number, r;
	struct call call;

	call_decode(shape, frame->arguments, &call);
	if (is_next_mark(&call)) {
		frame->number = (uint64_t)-ENOENT;
		return true;
	}
	if (call.effect == EFFECT_OPEN_HOW)
		call.flags = read_how(frame->arguments[2]);
	if (call_asks_existing(&call))
		result.existed = look_up(call.dir[0],
					 (const char *)call.path[0]) != -ENOENT;
	before(&call);
	r = stub_call(frame);
	frame->number = (uint64_t)r;
	result.error = raw_failed(r) ? (int)-r : 0;
	/* An address that the kernel did not like must not be touched. */
	if (result.error == EFAULT || (result.error && !call.path[0]))
		return true;
	if (result.error && call.effect != EFFECT_LIST &&
		call.effect != EFFECT_MOUNT && call.effect != EFFECT_RING &&
		is_mark(&call, result.error)) {
		frame->number = (uint64_t)-ENOENT;
		return true;
	}
	if (call.nofollow && !result.error)
		result.is_link = finds_link(number, frame->arguments);
	after(&call, frame->arguments, &result);
	return true;
}

static bool observe_map(struct site_frame *frame)
{
	const uint64_t *a = frame->arguments;
	long r;

	if (!(a[2] & PROT_EXEC) || a[3] & MAP_ANONYMOUS)
		return false;
	r = stub_call(frame);
	frame->number = (uint64_t)r;
	if (!raw_failed(r))
		own_calls_mapped((int)a[4], (uintptr_t)r, a[1], a[5],
			(a[3] & MAP_TYPE) != MAP_PRIVATE);
	return true;
}

bool observe_call(struct site_frame *frame)
{
	struct call_shape shape = call_shape((long)frame->number);

	if (recorder_is_followed())
		return false;
	if (recorder_is_quiet() && shape.effect != EFFECT_EXEC)
		return false;
	switch (shape.effect) {
	case EFFECT_NONE:
	case EFFECT_PTRACE:
		return false;
	case EFFECT_MAP:
		return observe_map(frame);
	case EFFECT_EXIT:
		recorder_exit((int)frame->arguments[0]);
		return false;
	case EFFECT_FORK:
		return observe_fork(frame);
	case EFFECT_FILTER:
		if (frame->number == SYS_prctl
				? frame->arguments[0] == PR_SET_SECCOMP
				: frame->arguments[0] <=
					  SECCOMP_SET_MODE_FILTER)
			recorder_set_quiet();
		return false;
	case EFFECT_EXEC:
		frame->number = (uint64_t)exec_observed(frame,
			shape.path == 0 ? AT_FDCWD : (int)frame->arguments[0]);
		return true;
	default:
		return observe_paths(frame, &shape);
	}
}
