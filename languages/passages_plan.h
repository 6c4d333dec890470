/* SPDX-License-Identifier: MIT */
/*
 * The functions whose passages a run tells: those that many tests entered when
 * all ran last. Kept in a file beside the map, which can be lost: then functions
 * count as a whole until it is there again.
 */
#ifndef FTRACE_LANGUAGES_PASSAGES_PLAN_H
#define FTRACE_LANGUAGES_PASSAGES_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/frames.h"
#include "map/print.h"

/* "off": functions are not taken apart. */
#define PASSAGES_VARIABLE "FTRACE_PASSAGES"

/* The file of a session that the traced processes read. */
#define PASSAGES_NAME "passages"

struct passages_function {
	const char *name; /* not NUL-terminated */
	size_t size;
	uint32_t first, count; /* in blocks */
};

/* What is planned of one source. */
struct passages_file {
	char *path;           /* as the map has it */
	char *names;          /* of functions, each with a newline behind it */
	struct print content; /* of which the rest is made */
	char *packed;         /* for the process that loads it */
	size_t packed_size;
	struct frames text; /* blocks, as source_set_passages() takes them */
	struct frame *blocks; /* their names, in the order of the processes */
	size_t block_count;
	struct passages_function *functions;
	size_t function_count;
};

struct passages_plan {
	char *tag; /* of the interpreter; NULL: there is no plan */
	struct passages_file *files;
	size_t count, room;
};

/* Reads the plan of a project; an empty one where there is none. */
void passages_plan_load(struct passages_plan *plan, const char *root);
int passages_plan_save(
	const struct passages_plan *plan, const char *root, struct err *err);
void passages_plan_release(struct passages_plan *plan);

/* Adds a file of which the names are known. */
void passages_plan_add(
	struct passages_plan *plan, const char *path, const char *names);

/*
 * Before a run: loads the plan, takes the files apart that have changed, and
 * puts what the processes need into the session's folder. What fails is not
 * planned.
 */
void passages_plan_prepare(
	struct passages_plan *plan, const char *root, const char *session);

/*
 * Takes over what the plan before had of the files of which the same functions
 * are planned. True: it is the same plan.
 */
bool passages_plan_take_over(
	struct passages_plan *plan, struct passages_plan *before);

/* NULL: it is not planned. */
const struct passages_function *passages_plan_function(
	const struct passages_file *file, const char *name, size_t size);

#endif
