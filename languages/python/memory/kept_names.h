/* SPDX-License-Identifier: MIT */
/*
 * The names that code mentions, and the places in memory that each leads to.
 *
 * Code gets at a place, to read it or to change it, by a name that is written
 * in it: a global, an attribute, a variable of the function around it, a
 * parameter, a text. Its own name is among them, by which what caches its
 * results is known, and so is its file.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_NAMES_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "languages/python/extension/python_api.h"

struct block;
struct place;

/*
 * The last scope that was said to find what is kept, the last look that said
 * that it may, and the last scope that made it.
 */
struct kept_said {
	uint64_t found_by, maybe_by, made_by;
};

struct kept_name {
	struct kept_at *places; /* some may be gone: see kept_places.h */
	unsigned count, room;
	uint64_t scopes;  /* a bit for each scope in force that mentions it, */
	uint64_t finds;   /* and of these, that may find what it stands for, */
	uint64_t gets;    /* or that may find an attribute of that name, */
	uint64_t imports; /* or import that, and do no more, */
	uint64_t setters; /* or are near code that sets attributes */
	bool is_written;  /* some code mentions it */
	uint64_t looked;  /* the number of the look */
	struct kept_said said; /* of all that is known by its name alone */
	const char *said_in;   /* the file with tests of which it was */
	uint64_t asked_by; /* the last scope that asked for it by getattr() */
	/* The block whose names had it last, and where. */
	const struct block *block;
	unsigned at;
	const char *text;
};

/* A name in the code of a block. */
struct kept_mention {
	struct kept_name *name;
	unsigned how; /* of these: */
};

#define KEPT_FINDS 1u   /* it is not only set or imported, */
#define KEPT_GETS 2u    /* but, it may be, got as an attribute */
#define KEPT_IMPORTS 4u /* it is imported */
#define KEPT_SETS 8u    /* that code sets attributes of something */

/*
 * Takes in how instructions have names: for each opcode 0 for it has none, 255
 * for it sets what has it, 252 where that is an attribute, 253 for it imports
 * that, 254 for it makes the next one's argument longer, or one more than its
 * argument is shifted, and KEPT_ATTRIBUTE more where it gets one. Kept.
 */
#define KEPT_ATTRIBUTE 16
void kept_names_start(const unsigned char opcodes[256]);

/* The name of a text; NULL: it is no text, or there is no memory. */
struct kept_name *kept_name_of(PyObject *text);
struct kept_name *kept_name_of_path(const char *path);

/* Puts the names of a code object to those of its block. */
void kept_names_add(struct block *block, PyObject *code);

#endif
