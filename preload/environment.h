/* SPDX-License-Identifier: MIT */
/*
 * The environment given to an executed program: the caller's, in which our
 * three variables are put right, whatever the caller did to them. The
 * caller's arrays are never written to. Safe wherever preload/recorder.h is.
 */
#ifndef FTRACE_PRELOAD_ENVIRONMENT_H
#define FTRACE_PRELOAD_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct environment_size {
	size_t slots; /* pointers, the closing NULL included */
	size_t bytes; /* text */
};

/* What a program's environment is to have. */
struct environment_needs {
	uint32_t scope, serial; /* for SCOPE_VARIABLE */
	bool preload;           /* our library; else it is taken out */
	bool asan;              /* ASan told not to mind our library */
	bool spoken;            /* for SCOPE_VARIABLE, too: preload/scope.h */
};

/* What environment_fill() needs for this envp, which may be NULL. */
struct environment_size environment_measure(char *const *envp);

/* Fills slots and text from envp. */
void environment_fill(char **slots, char *text, char *const *envp,
	const struct environment_needs *needs);

#endif
