/* SPDX-License-Identifier: MIT */
/*
 * Stands in for the tracer: has Python run the start-up file, and appends every
 * mark to the file named by MARKS, as "process thread mark", every other
 * look-up as "process thread ?path", and what becomes of a Python source or its
 * bytecode as "process thread !path".
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload/interpreter.h"

static const char prefix[] = "/@ftrace/";
static const char *output;

const char *start_variable(const struct start *self, const char *name)
{
	(void)self;
	return getenv(name);
}

static void __attribute__((constructor)) start(void)
{
	struct start self = {.environment = environ};

	output = getenv("MARKS");
	if (output)
		output = strdup(output);
	interpreter_prepare(&self);
}

static void note(const char *sign, const char *text)
{
	char line[8192];
	int fd, size;

	if (!output)
		return;
	size = snprintf(line, sizeof(line), "%d %ld %s%s\n", (int)getpid(),
		syscall(SYS_gettid), sign, text);
	if (size <= 0 || (size_t)size >= sizeof(line))
		return;
	for (int i = 0; i < size - 1; i++)
		if (line[i] == '\n')
			line[i] = ' ';
	fd = open(output, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	if (write(fd, line, (size_t)size) < 0)
		size = 0;
	close(fd);
}

__attribute__((visibility("default"))) int access(const char *path, int mode)
{
	if (!strncmp(path, prefix, sizeof(prefix) - 1)) {
		note("", path + sizeof(prefix) - 1);
		return -1;
	}
	note("?", path);
	return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

static void note_python(const char *path)
{
	size_t n = strlen(path);

	if ((n > 3 && !strcmp(path + n - 3, ".py")) ||
		(n > 4 && !strcmp(path + n - 4, ".pyc")))
		note("!", path);
}

static int open_noted(const char *path, int flags, int mode)
{
	note_python(path);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		va_list rest; \
		int mode; \
\
		va_start(rest, flags); \
		mode = va_arg(rest, int); \
		va_end(rest); \
		return open_noted(path, flags, mode); \
	}

OPEN(open)
OPEN(open64)

static int stat_noted(int fd, const char *path, void *to, int flags)
{
	note_python(path);
	return (int)syscall(SYS_newfstatat, fd, path, to, flags);
}

int stat(const char *path, struct stat *to)
{
	return stat_noted(AT_FDCWD, path, to, 0);
}

int stat64(const char *path, struct stat64 *to)
{
	return stat_noted(AT_FDCWD, path, to, 0);
}

int fstatat64(int fd, const char *path, struct stat64 *to, int flags)
{
	return stat_noted(fd, path, to, flags);
}
