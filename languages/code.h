/* SPDX-License-Identifier: MIT */
/*
 * What sources look like now: taken apart, once for each content, by
 * the interpreter that ran the tests.
 */
#ifndef FTRACE_LANGUAGES_CODE_H
#define FTRACE_LANGUAGES_CODE_H

#include <stdbool.h>

#include "map/files.h"

struct helper;

/*
 * Ends the tag of an interpreter, and counts up when prints, mentions or
 * outlines are made by other rules: nothing of two rules can be compared.
 */
#define CODE_RULES "+21"

struct code_reader {
	struct map_files *files;
	struct map *map;
	char *tag;                /* NULL: no run named one; owned */
	char *interpreter;        /* NULL: not looked for yet; owned */
	struct helper *helper;    /* once it was needed; owned */
	struct helper *dismissed; /* that may not have ended yet; owned */
	bool failed;              /* the interpreter cannot be asked */
	bool question;            /* what all files look like may be asked */
	char why[512];            /* it cannot */
	/* The first thing that went wrong, for people; the file's in it. */
	char problem[1024];
	unsigned problems;
	unsigned analysed; /* sources that had to be taken apart now */
};

/* files and map must outlive it. */
int code_reader_init(struct code_reader *reader, struct map_files *files,
	struct map *map, struct err *err);
void code_reader_release(struct code_reader *reader);

/*
 * This run executed the interpreter at path, which has the tag; other readers
 * look for it (languages/interpreter.h).
 */
void code_reader_set_interpreter(
	struct code_reader *reader, const char *tag, const char *path);
/* So that it is found when the map alone is there. */
void code_remember_interpreter(const char *tag, const char *path);

/*
 * Gives each of these files, which were checked, the source of its text now:
 * from the map, or by asking the interpreter. A file that cannot be read or
 * taken apart has none, and no state of its code stands: whoever read any of
 * it depends on the whole. That is no error: see `problem`.
 */
int code_read(struct code_reader *reader, const uint32_t *list, size_t count,
	struct err *err);

/* A text, wherever it comes from, and what is made of it. */
struct code_text {
	const char *path;
	const char *bytes;
	size_t size;
	struct source *source; /* NULL: see `problem` */
};

/*
 * Takes texts apart. The sources are owned by files, and have an id of 0
 * while the map does not have them. Negative when no run named an interpreter.
 */
int code_read_texts(struct code_reader *reader, struct code_text *texts,
	size_t count, struct err *err);

/*
 * Whether a file of that name holds settings: it is taken apart into sections,
 * not into functions, and is nothing that a program loads.
 */
bool code_is_settings(const char *path);

/* The conversation with the interpreter; NULL where there can be none. */
struct helper *code_helper(struct code_reader *reader, struct err *err);

/*
 * No more is asked for the time being: the interpreter ends while others work.
 * Who asks again starts another one.
 */
void code_helper_dismiss(struct code_reader *reader);

/* As code_read() for all files that are marked `recode`. */
int code_read_changed(struct code_reader *reader, struct err *err);

#endif
