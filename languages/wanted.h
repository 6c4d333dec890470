/* SPDX-License-Identifier: MIT */
/*
 * What code has to mention, or to be, to notice that a file has changed: a
 * helper's answer to what was asked about two versions of the file. What a
 * block mentions is written as its language has it, so who notices is its
 * language's to say: language.h.
 */
#ifndef FTRACE_LANGUAGES_WANTED_H
#define FTRACE_LANGUAGES_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/intern.h"
#include "languages/helper.h"

/* A name at the top of a file that tests are collected from. */
struct wanted_name {
	char *name;
	bool exists;    /* it still does, or does now */
	bool by_itself; /* the runner takes it as FILE::NAME */
};

struct wanted {
	struct interner globals; /* "path\0name": a global name in that file */
	struct interner names;   /* attributes, whoever mentions them */
	struct interner classes; /* "path\0class", "\0class" for any file */
	struct interner whole;   /* paths: everything that loading them does */
	struct wanted_name *tests; /* the names that changed of tests */
	size_t test_count, test_room;
	/* The same as globals and names, but not where they are only called; */
	struct interner global_values, values;
	/* nor where nothing but an attribute of them is wanted. */
	struct interner global_heads, heads;
	struct interner functions; /* "path\0name": who entered them */
	/* Paths of files that may fail now, and of what imports one of them; */
	struct interner doubts, leading;
	/* "path\0imports module": what may catch that, or its callers; */
	struct interner imports;
	/* "path\0other": who surely loads the first of these, the other; */
	struct interner sure;
	/* paths that nothing but functions imports. */
	struct interner late;
	/* "+", where what objects and classes have is not what it was; "&",
	 * where what is stored of them is not. */
	struct interner touched;
	/* Of names and their like those that something else than a module has:
	 * all that an instance can be asked for. */
	struct interner members;
};

/* Takes all of it, or negative with err filled; to be released either way. */
int wanted_take(struct wanted *wanted, struct helper *helper, struct err *err);
void wanted_release(struct wanted *wanted);

/* Whether it has "path\0name". */
bool wanted_has(const struct interner *interner, const char *path,
	const char *name, size_t size);

/* Whether a name of that file changed, in whatever way, or all of them. */
bool wanted_touches(const struct wanted *wanted, const char *path);

/* Whether an attribute of that name changed, in whatever way. */
bool wanted_asks(const struct wanted *wanted, const char *name);

#endif
