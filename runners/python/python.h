/* SPDX-License-Identifier: MIT */
/* What the runners that Python runs have in common. */
#ifndef FTRACE_RUNNERS_PYTHON_PYTHON_H
#define FTRACE_RUNNERS_PYTHON_PYTHON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words.h"
#include "runners/adapter.h"

#define PYTHON_START "start.py"

/* The file that each Python runs first: one for all of these runners. */
char *python_startup(const struct adapter_start *start);

/* Whether a program is a Python, by its name. */
bool python_is(const char *word);

/* The place of the word behind Python's -m, or 0: there is none. */
size_t python_find_module(char *const argv[]);

/*
 * Whether argv's program hands on the words of a command that stands behind
 * its own, just as it got them.
 */
bool python_is_launched(char *const argv[]);

/* As the shell would find it in a folder, to be freed; NULL: it would not. */
char *python_find_program(const char *program, const char *folder);

/*
 * What a Python is told by, to be freed: where it lies in its environment, and
 * what it leads to. NULL: there is none.
 */
char *python_place(const char *path, const char *root);

/*
 * Adds the words up to that one, at which the runner stands: the Python as
 * python_place() has it, its options, or the words of another program.
 */
void python_add_start(struct words *words, char *const argv[], size_t at,
	const char *root, const char *directory);

#endif
