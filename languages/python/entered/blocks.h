/* SPDX-License-Identifier: MIT */
/*
 * Which block of which file a code object is.
 *
 * Decided when a code object is first seen and kept in a word of its own
 * (PEP 523's code extra) until it is freed; a table by address stands before
 * that, because asking the interpreter takes longer than the rest together.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_BLOCKS_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "languages/python/entered/entries.h"
#include "languages/python/extension/python_api.h"

struct blocks_settings {
	int minor;          /* of Python 3 */
	const char *root;   /* with a slash at its end, as the next two */
	const char *stdlib; /* is foreign, below the root as well */
	const char *own;    /* where the plugin lies */
};

#define BLOCKS_NEAR 4096u

struct blocks_near {
	PyObject *code;
	struct block *block;
};

extern struct blocks_near blocks_near[BLOCKS_NEAR]
	__attribute__((visibility("hidden")));

/* Keeps the settings. NULL, or why code objects cannot be told apart. */
const char *blocks_start(const struct blocks_settings *settings);

/* The block of a code object, by looking it up or deciding. Never NULL. */
struct block *blocks_find(PyObject *code);

static inline struct block *blocks_of(PyObject *code)
{
	struct blocks_near *near;

	near = &blocks_near[((uintptr_t)code >> 5) % BLOCKS_NEAR];
	return near->code == code ? near->block : blocks_find(code);
}

#endif
