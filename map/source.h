/* SPDX-License-Identifier: MIT */
/*
 * What the map knows of a source text: the blocks in it (functions, by
 * qualified name), and its outline, which is what it does when it is loaded.
 * Taken apart once for each content, by whoever can (languages/python/), and
 * kept by the content's print and the tag of the interpreter that did it.
 */
#ifndef FTRACE_MAP_SOURCE_H
#define FTRACE_MAP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"
#include "map/print.h"

struct source_block {
	const char *name; /* not NUL-terminated, as all of this */
	size_t name_size;
	bool on_load; /* runs as part of loading the source */
	struct print print;
	uint32_t first, last; /* lines */
	/* The names it mentions, a line each: see languages/python/. */
	const char *mentions;
	size_t mentions_size;
};

/*
 * Some functions are taken apart further, into passages: blocks with the
 * function's name and behind it this and which one it is (python.md).
 */
#define SOURCE_PASSAGE '#'

struct source {
	int64_t id; /* 0: not in the database */
	struct print content;
	char *tag;     /* of the interpreter */
	char *problem; /* why it could not be taken apart, or NULL */
	struct print skeleton;
	char *outline; /* the adapter's own format */
	size_t outline_size;
	/* Where the bodies of its functions are, likewise; or nothing. */
	char *bodies;
	size_t bodies_size;
	char *text; /* the blocks, as frames */
	size_t text_size;
	struct source_block *blocks; /* by name; point into text */
	size_t count;
	bool changed; /* since it was read from the database */
};

void source_release(struct source *source);

/*
 * Takes the frames of `count` blocks over: name, "f" or "c", print, first
 * line, last line, mentions. False when they are malformed.
 */
bool source_set_blocks(struct source *source, const char *text, size_t size);

/* How much of a block's name is that of its function: all, or what is before
 * SOURCE_PASSAGE. */
size_t source_function_size(const char *name, size_t size);

bool source_is_passage(const struct source_block *block);

/* The whole of a function that is taken apart, or NULL: it is not. */
const struct source_block *source_find_frame(
	const struct source *source, const char *function, size_t size);

/*
 * Takes over frames as above, of passages: in place of all that it had of the
 * same functions. Those that stand for a whole function mention what it does.
 */
bool source_set_passages(
	struct source *source, const char *frames, size_t size);

/* NULL: there is none of that name. */
const struct source_block *source_find_block(
	const struct source *source, const char *name, size_t size);

/* NULL without an error: the map has none. To be released and freed. */
struct source *source_by_content(struct map *map, const struct print *content,
	const char *tag, struct err *err);
struct source *source_of_path(
	struct map *map, const char *path, struct err *err);
struct source *source_by_id(struct map *map, int64_t id, struct err *err);

/* The outline with that skeleton; its size in *size, to be freed; or NULL. */
char *source_outline(struct map *map, const struct print *skeleton,
	size_t *size, struct err *err);

/* Stores it and sets its id, or what has changed of one that has an id. */
int source_store(struct source *source, struct map *map, struct err *err);

/*
 * Who takes sources apart: the tag of the interpreter that a run named last, to
 * be freed; NULL when none was named. Where it is the map does not say: a map
 * may come from anybody.
 */
int source_interpreter(struct map *map, char **tag, struct err *err);
int source_set_interpreter(struct map *map, const char *tag, struct err *err);

#endif
