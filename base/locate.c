/* SPDX-License-Identifier: MIT */
#include "base/locate.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

/* From the folder of the installed program; CMake knows it. */
#ifndef FTRACE_LIBRARY_FOLDER
#define FTRACE_LIBRARY_FOLDER "../lib/ftrace"
#endif

char *locate(const char *name, struct err *err)
{
	static const char *const folders[] = {".", FTRACE_LIBRARY_FOLDER};
	char program[PATH_MAX], real[PATH_MAX], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (n < 0) {
		err_set(err, -errno, "cannot find this program: %s",
			strerror(errno));
		return NULL;
	}
	program[n] = '\0';
	slash = strrchr(program, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < 2; i++) {
		path = xasprintf("%s/%s/%s", program, folders[i], name);
		if (realpath(path, real)) {
			free(path);
			return xstrdup(real);
		}
		free(path);
	}
	err_set(err, -ENOENT,
		"'%s' is neither beside '%s/ftrace' nor in '%s/%s'; install "
		"ftrace again",
		name, program, program, FTRACE_LIBRARY_FOLDER);
	return NULL;
}
