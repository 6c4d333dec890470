/* SPDX-License-Identifier: MIT */
/*
 * What ftrace knows of each language whose files it takes apart. A language is
 * a folder here and a line in languages/table.c.
 */
#ifndef FTRACE_LANGUAGES_LANGUAGE_H
#define FTRACE_LANGUAGES_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a file's name. */
#define LANGUAGE_NAME_MAX 256
/* Options or folders, and a NULL behind them. */
#define LANGUAGE_OPTIONS_MAX 4

struct language {
	const char *name;

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

	/* Whether a folder of that name is a cache of compiled files. */
	bool (*is_cache)(const char *name, size_t size);
	/*
	 * The name of the source of a file in such a folder, with a NUL behind
	 * it; 0 when it is none.
	 */
	size_t (*source_of)(const char *compiled, size_t size,
		char source[LANGUAGE_NAME_MAX]);
};

/* The languages, one after the other; NULL behind the last. */
const struct language *language_at(size_t place);

/* The language that a file of that name is in, or NULL. */
const struct language *language_of(const char *path, size_t size);

/* The language of the interpreter that a run named. */
const struct language *language_of_run(void);

/* Whether some language keeps compiled files in a folder of that name. */
const struct language *language_of_cache(const char *name, size_t size);

#endif
