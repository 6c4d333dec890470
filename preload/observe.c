/* SPDX-License-Identifier: MIT */
#include "preload/observe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "preload/recorder.h"
#include "preload/scope.h"
#include "wire/raw.h"

#ifndef O_TMPFILE
#define O_TMPFILE (020000000 | O_DIRECTORY)
#endif

static bool is_input(enum access_kind kind)
{
	return (KIND_BIT(kind) & KINDS_INPUT) != 0;
}

static char *put_number(char *at, int value)
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

/* The absolute path behind a descriptor, in buffer; its length, or -1. */
static long fd_path(int fd, char *buffer)
{
	char link[32] = "/proc/self/fd/";
	long n;

	if (fd < 0)
		return -1;
	put_number(link + 14, fd);
	n = raw_readlink(link, buffer, SCRATCH_SIZE);
	return n > 0 && *buffer == '/' ? n : -1;
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

static void write_once(struct record_draft *draft)
{
	draft->type = RECORD_ACCESS;
	draft->scope = scope_in_force();
	if (recorder_is_new(draft))
		recorder_write(draft);
}

static void lost(const char *why)
{
	struct record_draft draft = {.type = RECORD_LOST,
		.scope = scope_in_force(),
		.tail = {why, strlen(why)}};

	recorder_write(&draft);
}

/*
 * Writes the draft of a relative path. The stack is used only when every
 * buffer of the pool is: a signal handler's may be small.
 */
static void with_base(int dirfd, struct record_draft *draft)
{
	char *buffer = scratch_take();
	char own[buffer ? 1 : SCRATCH_SIZE];
	long n = base_path(dirfd, buffer ? buffer : own);

	if (n > 0) {
		draft->dir = (struct text){buffer ? buffer : own, (size_t)n};
		write_once(draft);
	} else {
		lost("a relative path without a known directory");
	}
	if (buffer)
		scratch_give(buffer);
}

void saw(int dirfd, const char *path, enum access_kind kind, unsigned flags,
	int error)
{
	struct record_draft draft = {.flags = (uint16_t)flags};

	/* What no file system takes for a name depends on none. */
	if (!path || !*path || error == EFAULT || error == ENAMETOOLONG ||
		!recorder_on())
		return;
	/* A mark that came by another way than access(2). */
	if (error == ENOENT && path[0] == '/' && path[1] == '@' &&
		scope_mark(path))
		return;
	if (error == ENOENT || error == ENOTDIR)
		kind = ACCESS_ABSENT;
	else if (error)
		kind = ACCESS_STAT;
	if (error)
		draft.flags &= RECORD_NOFOLLOW;
	if (error && kind != ACCESS_ABSENT)
		draft.flags |= RECORD_REFUSED;
	if (is_input(kind) && scope_muted())
		return;
	draft.access = (uint8_t)kind;
	draft.tail = (struct text){path, strlen(path)};
	if (*path == '/')
		write_once(&draft);
	else
		with_base(dirfd, &draft);
}

void saw_fd(int fd, enum access_kind kind, unsigned flags)
{
	char *buffer;
	struct record_draft draft = {
		.access = (uint8_t)kind, .flags = (uint16_t)flags};
	long n;

	if (!recorder_on() || (is_input(kind) && scope_muted()))
		return;
	buffer = scratch_take();
	if (!buffer)
		return lost("too many calls at once");
	n = fd_path(fd, buffer);
	if (n > 0) {
		draft.tail = (struct text){buffer, (size_t)n};
		write_once(&draft);
	}
	scratch_give(buffer);
}

void saw_stat(
	int dirfd, const char *path, int at_flags, bool is_link, int error)
{
	unsigned flags = at_flags & AT_SYMLINK_NOFOLLOW ? RECORD_NOFOLLOW : 0;

	saw(dirfd, path, !error && is_link && flags ? ACCESS_LINK : ACCESS_STAT,
		flags, error);
}

static bool is_tmpfile(int flags)
{
	return (flags & O_TMPFILE) == O_TMPFILE;
}

bool saw_open_asks(int flags)
{
	return (flags & O_CREAT) && !(flags & (O_EXCL | O_TRUNC)) &&
	       recorder_on();
}

bool saw_existing(int dirfd, const char *path)
{
	return raw_faccessat(dirfd, path, F_OK) != -ENOENT;
}

void saw_open(int dirfd, const char *path, int flags, bool existed, int error)
{
	unsigned follow = flags & O_NOFOLLOW ? RECORD_NOFOLLOW : 0;
	unsigned made = 0;

	if (error) {
		saw(dirfd, path, ACCESS_STAT, follow, error);
		return;
	}
	if (is_tmpfile(flags) || flags & O_PATH ||
		(flags & O_DIRECTORY && (flags & O_ACCMODE) == O_RDONLY)) {
		saw(dirfd, path, ACCESS_STAT, follow, 0);
		return;
	}
	if (flags & O_TRUNC || (flags & O_CREAT && flags & O_EXCL) ||
		(flags & O_CREAT && !existed))
		made = RECORD_MADE;
	if ((flags & O_ACCMODE) != O_WRONLY && !made)
		saw(dirfd, path, ACCESS_READ, follow, 0);
	if ((flags & O_ACCMODE) != O_RDONLY || made)
		saw(dirfd, path, ACCESS_WRITE, follow | made, 0);
	if ((flags & O_ACCMODE) != O_WRONLY && made)
		saw(dirfd, path, ACCESS_READ, follow, 0);
}

int stdio_flags(const char *mode)
{
	int flags = *mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT;

	if (*mode == 'w')
		flags |= O_TRUNC;
	if (*mode == 'a')
		flags |= O_APPEND;
	for (const char *c = mode; *c && *c != ','; c++) {
		if (*c == '+')
			flags = (flags & ~O_ACCMODE) | O_RDWR;
		if (*c == 'x')
			flags |= O_EXCL;
	}
	return flags;
}

void saw_rename(int olddir, const char *oldpath, int newdir,
	const char *newpath, int error)
{
	char *from, *to;
	struct record_draft draft = {.type = RECORD_RENAME};
	long n;

	if (error || !recorder_on()) {
		saw(olddir, oldpath, ACCESS_STAT, RECORD_NOFOLLOW, error);
		return;
	}
	from = scratch_take();
	to = scratch_take();
	if (!from || !to) {
		lost("too many calls at once");
		goto out;
	}
	draft.scope = scope_in_force();
	draft.head = (struct text){oldpath, strlen(oldpath)};
	if (*oldpath != '/') {
		n = base_path(olddir, from);
		if (n < 0 || (size_t)n + 1 + draft.head.size > SCRATCH_SIZE) {
			lost("a rename without a known directory");
			goto out;
		}
		from[n] = '/';
		memcpy(from + n + 1, oldpath, draft.head.size);
		draft.head =
			(struct text){from, (size_t)n + 1 + draft.head.size};
	}
	draft.tail = (struct text){newpath, strlen(newpath)};
	if (*newpath != '/') {
		n = base_path(newdir, to);
		if (n < 0) {
			lost("a rename without a known directory");
			goto out;
		}
		draft.dir = (struct text){to, (size_t)n};
	}
	recorder_write(&draft);
out:
	if (from)
		scratch_give(from);
	if (to)
		scratch_give(to);
}

void saw_temporary(const char *path, bool directory, int error)
{
	if (!error)
		saw(AT_FDCWD, path, ACCESS_WRITE,
			RECORD_MADE | (directory ? RECORD_DIRECTORY : 0), 0);
}
