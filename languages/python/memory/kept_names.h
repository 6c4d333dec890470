/* SPDX-License-Identifier: MIT */
/*
 * The names that code mentions, and the places in memory that each leads to.
 *
 * Code reaches a place, to read it or to change it, by a name that is written
 * in the code: a global, an attribute, a variable of the function around it, a
 * parameter, a text. A function's own name is among its names, because a cache
 * of its results is known by it. So is its file.
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
 * What was said last of a kept value: which scope found it, which look said
 * that a scope may find it, and which scope made it.
 */
struct kept_said {
	uint64_t found_by, maybe_by, made_by;
};

struct kept_name {
	/* The places that it leads to; some may be gone: see kept_places.h. */
	struct kept_at *places;
	unsigned count, room;
	/* The scopes in force, a bit for each, whose code ... */
	uint64_t scopes;  /* mentions the name; */
	uint64_t finds;   /* and may find what it stands for; */
	uint64_t gets;    /* and may get an attribute of that name; */
	uint64_t imports; /* imports it, and does no more with it; */
	uint64_t setters; /* mentions it near code that sets attributes. */
	bool is_written;  /* some code mentions it */
	uint64_t looked;  /* the number of the last look at its places */
	/* What was said of the values that are known by this name alone, and
	 * in which file with tests they were. */
	struct kept_said said;
	const char *said_in;
	uint64_t asked_by; /* the last scope that asked for it by getattr() */
	/* The last block that mentions it, and where in its mentions. */
	const struct block *block;
	unsigned at;
	const char *text;
};

/* A name in the code of a block. */
struct kept_mention {
	struct kept_name *name;
	unsigned how; /* of these: */
};

#define KEPT_FINDS 1u   /* the code may find what has the name */
#define KEPT_GETS 2u    /* it may get an attribute of that name */
#define KEPT_IMPORTS 4u /* it imports something of that name */
#define KEPT_SETS 8u    /* it sets attributes of something */

/*
 * What an instruction does with the name that its argument leads to. The
 * argument of one that loads a global or gets an attribute may be shifted: so
 * many bits are added to these two.
 */
enum kept_opcode {
	OPCODE_NAMELESS = 0, /* it has no name */
	OPCODE_LOADS = 1,    /* it loads what has the name */
	OPCODE_GETS = 17,    /* it gets the attribute of that name */
	OPCODE_SETS_ATTRIBUTE = 252,
	OPCODE_IMPORTS = 253,
	OPCODE_EXTENDS = 254, /* it makes the next one's argument longer */
	OPCODE_SETS = 255,    /* it binds or deletes the name */
};

/* Gives the extension's module the values of these, by the same names. */
void kept_names_tell(PyObject *module);

/* Takes in what each opcode does, an enum kept_opcode. The table is kept. */
void kept_names_start(const unsigned char opcodes[256]);

/* The name of a text; NULL: it is no text, or there is no memory. */
struct kept_name *kept_name_of(PyObject *text);
struct kept_name *kept_name_of_path(const char *path);

/* Puts the names of a code object to those of its block. */
void kept_names_add(struct block *block, PyObject *code);

#endif
