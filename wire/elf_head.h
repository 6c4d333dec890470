/* SPDX-License-Identifier: MIT */
/*
 * The little of an ELF file's head that tells whether a preloaded library
 * can run in it. Read with plain system calls, because this runs inside an
 * exec wrapper; the tracer, which may allocate, uses libelf.
 * Numbers: elf(5).
 */
#ifndef FTRACE_WIRE_ELF_HEAD_H
#define FTRACE_WIRE_ELF_HEAD_H

#include <stdbool.h>

enum exec_target {
	TARGET_TRACEABLE,  /* loaded by the loader that loaded us */
	TARGET_STATIC,     /* no loader: nothing is preloaded */
	TARGET_FOREIGN,    /* another loader, class or machine: a preload of
			      ours would make it fail or complain */
	TARGET_GO,         /* it enters the kernel by itself, not by libc */
	TARGET_PRIVILEGED, /* setuid or setgid: the loader ignores us */
	TARGET_SANITIZED,  /* traceable, if ASan is told not to mind */
	TARGET_ELSEWHERE,  /* its root has no such library as ours */
	TARGET_UNKNOWN,    /* not there, not readable, not a program */
};

/*
 * What an exec of path (from the directory dir) would start. Scripts are
 * followed to their interpreter, each of which is told to met() with data;
 * NULL: to nobody. Async-signal-safe.
 */
typedef void met_interpreter(void *data, const char *path);
enum exec_target elf_head_target(
	int dir, const char *path, met_interpreter *met, void *data);

/* Whether the interposer sees all that such a program does. */
static inline bool exec_target_is_seen(enum exec_target target)
{
	return target == TARGET_TRACEABLE || target == TARGET_SANITIZED ||
	       target == TARGET_UNKNOWN;
}

/* The path of glibc's loader for programs of this class and machine. */
const char *elf_head_loader(void);

const char *exec_target_name(enum exec_target target);

#endif
