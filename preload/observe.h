/* SPDX-License-Identifier: MIT */
/*
 * Makes a system call of the traced program and records what it did. Called
 * from wherever libc enters the kernel: any thread, signal handlers, vfork
 * children, with small stacks. Never calls libc.
 */
#ifndef FTRACE_PRELOAD_OBSERVE_H
#define FTRACE_PRELOAD_OBSERVE_H

#include <stdbool.h>

#include "preload/patch.h"
#include "wire/kind.h"

/*
 * True: the call was made and frame->number is its result. False: the caller
 * makes it, as it stands.
 */
bool observe_call(struct site_frame *frame);

/*
 * An access to path, relative to dirfd. flags: enum record_flag. The path must
 * be readable: the kernel has been there.
 */
void saw(int dirfd, const char *path, enum access_kind kind, unsigned flags);

/* The same for what an open descriptor refers to. */
void saw_fd(int fd, enum access_kind kind, unsigned flags);

/* The absolute path behind a descriptor, in buffer; its length, or -1. */
long fd_path(int fd, char *buffer);

/*
 * Whether something is at the path: 0 or a negative errno. The kernel follows
 * links and checks the address, so a path with -EFAULT must not be touched.
 */
int look_up(int dirfd, const char *path);

#endif
