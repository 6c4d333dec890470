/* SPDX-License-Identifier: MIT */
/*
 * The libc functions that programs use, those without a prototype in the
 * headers included. Fortified and pre-2.33 entry points have none.
 */
#ifndef FTRACE_TESTS_PROGRAMS_LIBC_H
#define FTRACE_TESTS_PROGRAMS_LIBC_H

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
int __xstat(int version, const char *path, struct stat *st);
int __xstat64(int version, const char *path, struct stat64 *st);
int __lxstat(int version, const char *path, struct stat *st);
int __lxstat64(int version, const char *path, struct stat64 *st);
int __fxstatat(
	int version, int dir, const char *path, struct stat *st, int flags);
int __fxstatat64(
	int version, int dir, const char *path, struct stat64 *st, int flags);
ssize_t __readlink_chk(const char *path, char *buf, size_t size, size_t room);
ssize_t __readlinkat_chk(
	int dir, const char *path, char *buf, size_t size, size_t room);
char *__realpath_chk(const char *path, char *out, size_t room);
int execveat(int dir, const char *path, char *const argv[], char *const envp[],
	int flags);

#endif
