/* SPDX-License-Identifier: MIT */
/*
 * From the arguments and the result of a call to records. Called after the
 * real call, with the errno it left (0 when it succeeded): so a path that the
 * kernel could not read (EFAULT) is never touched. Safe wherever
 * preload/recorder.h is; the caller keeps errno.
 */
#ifndef FTRACE_PRELOAD_OBSERVE_H
#define FTRACE_PRELOAD_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "wire/kind.h"

/*
 * An access to path, relative to dirfd. flags: enum record_flag. A failed
 * lookup becomes `absent`, another failure `stat`.
 */
void saw(int dirfd, const char *path, enum access_kind kind, unsigned flags,
	int error);

/* The same for what an open descriptor refers to. */
void saw_fd(int fd, enum access_kind kind, unsigned flags);

/* A stat family call. is_link: what was found is a symbolic link. */
void saw_stat(
	int dirfd, const char *path, int at_flags, bool is_link, int error);

/*
 * An open with these flags. existed: what saw_existing() said before the
 * call; it is asked only where saw_open_asks() says so.
 */
bool saw_open_asks(int flags);
bool saw_existing(int dirfd, const char *path);
void saw_open(int dirfd, const char *path, int flags, bool existed, int error);

/* The open(2) flags of an fopen(3) mode. */
int stdio_flags(const char *mode);

void saw_rename(int olddir, const char *oldpath, int newdir,
	const char *newpath, int error);

/* mkstemp and its kind: the template holds the name that was made. */
void saw_temporary(const char *path, bool directory, int error);

#endif
