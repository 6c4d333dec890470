/* SPDX-License-Identifier: MIT */
/*
 * What ftrace knows of each language whose files it takes apart. A language is
 * a folder here and a line in languages/table.c.
 */
#ifndef FTRACE_LANGUAGES_LANGUAGE_H
#define FTRACE_LANGUAGES_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ignored_row.h"
#include "base/intern.h"
#include "languages/wanted.h"
#include "map/language.h"
#include "map/source.h"

/* Bytes of a file's name. */
#define LANGUAGE_NAME_MAX 256
/* Options or folders, and a NULL behind them. */
#define LANGUAGE_OPTIONS_MAX 4

enum language_naming {
	LANGUAGE_NAMED,
	LANGUAGE_NAMELESS,   /* it is told with the function around it */
	LANGUAGE_BODY_APART, /* so it is, but its body is not in that one's */
};

struct language {
	const char *name; /* for people, too */

	/* How the names of its files end. */
	const char *suffix;

	/* The file that stands for its folder, or NULL. */
	const char *folder_file;

	/* What takes its files apart (helper.h), where it is installed; and
	 * the options that its interpreter is to run it with. */
	const char *helper;
	const char *options[LANGUAGE_OPTIONS_MAX];
	/* How the variables begin that are its interpreter's. */
	const char *variables;
	/* The names of its interpreter along PATH, and the arguments with which
	 * it prints its tag, behind the options (interpreter.h). */
	const char *programs[LANGUAGE_OPTIONS_MAX];
	const char *tells_tag[LANGUAGE_OPTIONS_MAX];

	/* Folders of what others wrote and somebody installed; and the file
	 * that marks an environment of its own. */
	const char *installed[LANGUAGE_OPTIONS_MAX];
	const char *environment;

	/* Files that programs for it rewrite each time they run; or NULL. */
	const struct ignored_row *ignored;

	/* Files of a project that say which versions of what others wrote it
	 * is used with; NULL behind the last. */
	const char *const *locks;

	/* What the map has to know of it. */
	const struct map_language *map;

	/* The block that is entered as a file is run. */
	const char *loading;
	/*
	 * What is written of a function that lies in another one. name: without
	 * what it lies in.
	 */
	enum language_naming (*naming)(const char *name, size_t size);

	/*
	 * Why a block of a file notices what is wanted, for people; to be
	 * freed. NULL: it does not. source: of the file, or NULL.
	 */
	char *(*notice)(const struct wanted *wanted, const char *path,
		const struct source *source, const struct interned *name);
	/* Whether it imports what may fail now, and may catch that. */
	bool (*may_catch)(const struct wanted *wanted, const char *path,
		const struct source *source, const struct interned *name);

	/* How the tags of its interpreters begin. */
	const char *tags[LANGUAGE_OPTIONS_MAX];

	/* Whether a folder of that name is a cache of compiled files. */
	bool (*is_cache)(const char *name, size_t size);
	/*
	 * The name of the source of a file in such a folder, with a NUL behind
	 * it; 0 when it is none.
	 */
	size_t (*source_of)(const char *compiled, size_t size,
		char source[LANGUAGE_NAME_MAX]);
};

/* Hands what the map has to know of all to it: when the program starts. */
void languages_begin(void);

/* The languages, one after the other; NULL behind the last. */
const struct language *language_at(size_t place);

/* The language that a file of that name is in, or NULL. */
const struct language *language_of(const char *path, size_t size);

/*
 * The language of the interpreter with that tag: the first where none knows it,
 * for whoever says marks may name his interpreter as he likes.
 */
const struct language *language_of_tag(const char *tag);

/* Whether in some language that is the block that is entered as a file runs. */
bool language_is_loading(const char *name, size_t size);

/* Whether some language keeps compiled files in a folder of that name. */
const struct language *language_of_cache(const char *name, size_t size);

#endif
