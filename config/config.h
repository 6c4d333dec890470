/* SPDX-License-Identifier: MIT */
/*
 * `ftrace.json` in the project's root: what is run as smoke, where the list of
 * flaky tests lies, and the checks. docs/reference/config.md explains the keys,
 * docs/reference/ftrace.schema.json has them for editors.
 */
#ifndef FTRACE_CONFIG_CONFIG_H
#define FTRACE_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "map/map.h"

#define CONFIG_FILE "ftrace.json"
#define CONFIG_FLAKY "ci/flaky_tests.json"

/* What the id of a check's unit begins with, before the name. */
#define CHECK_UNIT "check:"

/* They run one after the other. */
enum check_phase {
	PHASE_FAST,
	PHASE_MUTATING, /* may rewrite what it reads */
	PHASE_SLOW,
	PHASES
};

const char *check_phase_name(enum check_phase phase);

struct config_texts {
	char **items;
	size_t count, room;
};

struct config_check {
	char *name;
	struct config_texts argv; /* {"sh", "-c", line} of a line */
	bool is_line;
	enum check_phase phase;
	struct config_texts profiles; /* none: it is in every one */
	char *runner;                 /* NULL: as the command tells */
	struct config_texts after;    /* names of checks, of this phase or an
					 earlier one; never in a circle */
	double timeout;               /* seconds; 0: as long as it wants */
	char *directory;              /* below the root, where it is "." */
	size_t at; /* the place of its name, for messages while loading */
};

struct config {
	bool found; /* there is a file */
	/* Globs over unit ids, "marker:NAME" and "label:NAME". */
	struct config_texts smoke;
	char *flaky; /* relative to the root */
	/* Globs over files that count for nothing, from the root or "/". */
	struct config_texts ignore;
	struct map_keep keep; /* of former results */
	/* What `ftrace test` runs; of it only the command, no words: nothing */
	struct config_check test;
	struct config_check *checks;
	size_t count, room;
};

/*
 * 0, with the defaults where there is no such file; negative with err filled
 * ("ftrace.json:LINE:COLUMN: ...") when it cannot be read or is wrong. To be
 * released in any case.
 */
int config_load(struct config *config, const char *root, struct err *err);

/* The same from bytes. */
int config_parse(
	struct config *config, const char *bytes, size_t size, struct err *err);
void config_release(struct config *config);

/* "keep" alone; what it is by default where that cannot be read. */
struct map_keep config_keep(const char *root);

/* A check by its name, or NULL. */
const struct config_check *config_check_named(
	const struct config *config, const char *name);

#endif
