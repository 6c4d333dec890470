/* SPDX-License-Identifier: MIT */
/*
 * Code: the functions and sources that marks tell of (code_marks.c), and what
 * becomes of them (code.c).
 */
#ifndef FTRACE_FOLD_CODE_H
#define FTRACE_FOLD_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"
#include "fold/names.h"
#include "fold/trace.h"

struct fold;
struct map;
struct passages_file;
struct passages_function;

/* A source whose functions the adapter tells of. */
struct fold_source {
	uint32_t node;
	uint32_t file;       /* in files; FILE_NONE until it was looked at */
	uint32_t module;     /* the scope of its import */
	size_t first, count; /* of its functions' ranks, in words of a set */
	bool has_passages;   /* those that are planned are of its text */
};

/* A function that was entered; or, without a name, the source's loading. */
struct fold_function {
	uint32_t node;
	const char *name;
	size_t name_size;
	uint32_t state; /* in files; FILE_NONE: as good as the whole file */
	bool on_load;   /* no function: what the source's loading runs */
	bool walks;     /* it goes through all modules that are loaded */

	uint32_t rank; /* its bit in sets of functions */
	uint32_t last; /* the scope that entered it last, + 1 */
	bool sought; /* whether it is planned (passages.h): what is */
	const struct passages_file *file;
	const struct passages_function *plan;
	uint32_t last_partial; /* the same, where passages were told */
};

struct fold_entry {
	uint32_t scope;
	uint32_t function; /* in functions */
	bool partial;      /* what is read of it are passages (passages.h) */
};

struct fold_code {
	struct interner keys; /* number i is numbers[i] */
	uint32_t *numbers;    /* "token/id" to a place in functions */
	size_t count, room;
	struct interner function_keys; /* number i is functions[i] */
	struct fold_function *functions;
	size_t function_count, function_room;
	struct interner loads; /* a scope and the node of a source it loads */
	struct fold_source *sources;
	size_t source_count, source_room;
	struct fold_entry *entries; /* functions entered, sources loaded */
	size_t entry_count, entry_room;
	struct fold_passage *passages; /* of partial entries */
	size_t passage_count, passage_room;
	struct map *map;
	/* Functions, by the bytes of their caller's number. */
	struct names calls;
	struct names leads; /* the same, by names that lead to them */
	char *interpreter_tag, *interpreter; /* NULL: none was named */
	const char *coarse;                  /* why some scope is, or NULL */
};

/* A record of code. */
void fold_take_code(struct fold *fold, const struct trace_event *event);

/* A function that a scope entered. */
void fold_add_entry(struct fold *fold, uint32_t scope, uint32_t function);

/* The same, where passages of it were told. */
void fold_add_partial(struct fold *fold, uint32_t scope, uint32_t function);

/* The number of a function; made when it is new. */
uint32_t fold_function_of(
	struct fold *fold, uint32_t node, const char *name, size_t size);

void fold_code_release(struct fold *fold);

#endif
