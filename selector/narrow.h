/* SPDX-License-Identifier: MIT */
/*
 * What loading a source does has changed: who can notice? All who load it,
 * unless the adapter of its language can prove that only those can who also
 * entered code that mentions one of the changed names. The proof is
 * languages/python's; docs/explanation/python.md has its rules. It proves that
 * nobody else can notice, unless loading fails; that everybody notices who
 * loads it, so one of them is enough to tell.
 */
#ifndef FTRACE_SELECTOR_NARROW_H
#define FTRACE_SELECTOR_NARROW_H

#include <stdbool.h>

#include "base/intern.h"
#include "languages/wanted.h"
#include "selector/changes.h"

/*
 * Files that may fail to load: their states, those of one file in a row, and
 * for each its path. The others that surely load it are told in pairs of paths,
 * joined by a NUL.
 */
struct narrowed_doubts {
	int64_t *states;
	char **paths;
	size_t count, room, path_count, path_room;
	struct interner sure;
	struct interner late; /* those that nothing but functions imports */
};

struct narrowed_notice {
	int64_t state;
	char *text;
};

struct narrowed {
	uint32_t file;
	int64_t state; /* of the file's loading, that stands no more */
	bool whole;    /* everybody who depends on it */
	char *reason;  /* one line for people */
	/*
	 * Otherwise those who depend on it and on one of these, too; and why
	 * each of these notices, for people.
	 */
	int64_t *states;
	size_t state_count, state_room;
	struct narrowed_notice *notices; /* by state */
	size_t notice_count, notice_room;
	/* Or on these scopes, which have names read that changed. */
	int64_t *readers;
	size_t reader_count, reader_room;
	/* And of those who depend on each of these, which may fail, one. */
	struct narrowed_doubts doubts;
	/* But none who entered these, where the failure may be caught. */
	int64_t *catchers;
	size_t catcher_count, catcher_room;
	/* Or who ran code that nobody knows: it may mention some name. */
	bool named;
	/* And the tests of these names. */
	struct wanted_name *names;
	size_t name_count;
};

struct narrowing {
	struct narrowed *list; /* by file */
	size_t count, room;
};

/*
 * With "off" for a value in the environment nothing is narrowed. All else is as
 * ever, so that one can tell what the narrowing gives, and do without it.
 */
#define NARROW_VARIABLE "FTRACE_NARROW"

/* changes_find() has found them. */
int narrowing_find(struct narrowing *narrowing, struct changes *changes,
	struct map *map, struct err *err);
/*
 * As if one statement of a file had been edited, for each of `count` places
 * as the helper tells them ("@3.1"). state: of the file's loading as it is, by
 * its place in changes->files.
 */
int narrowing_imagine(struct narrowing *narrowing, struct changes *changes,
	uint32_t state, char *const *places, size_t count, struct map *map,
	struct err *err);
void narrowing_release(struct narrowing *narrowing);

/* Why who depends on a state notices; NULL: it is none of its `states`. */
const char *narrowed_notice(const struct narrowed *narrowed, int64_t state);

/* What became of a state; NULL: it is none of those. */
const struct narrowed *narrowing_of(
	const struct narrowing *narrowing, int64_t state);

#endif
