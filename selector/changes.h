/* SPDX-License-Identifier: MIT */
/*
 * The changed set: the files whose state now differs from one that somebody
 * recorded, found stat first. What was learnt on the way (a touched file that
 * has the content it had) is written back, so that no file is read twice.
 */
#ifndef FTRACE_SELECTOR_CHANGES_H
#define FTRACE_SELECTOR_CHANGES_H

#include "languages/code.h"
#include "map/files.h"
#include "map/map.h"
#include "selector/ignored.h"

struct change {
	uint32_t file;    /* in files */
	const char *path; /* as stored; owned by files */
	const char *what; /* "modified", "removed", "created", "listing" */
	int64_t *states;
	size_t state_count, state_room;
};

struct changes {
	struct map_files files;
	struct code_reader reader; /* of files */
	struct change *list;       /* by path */
	size_t count, room;
	struct ignored ignored; /* files that are not listed */
	size_t recorded;        /* files that somebody depends on */
	size_t variables;       /* of the list: variables of the environment */
};

int changes_find(struct changes *changes, struct map *map, struct err *err);
/* The same, where former results may become the newest ones again first. */
int changes_find_recalling(
	struct changes *changes, struct map *map, struct err *err);
/* Only that, for who looks at units before asking what is affected. */
int changes_recall_units(struct map *map, struct err *err);
/* Lists anew, by what is known now of the states in `files`. */
void changes_list(struct changes *changes);
/*
 * Lists these instead, in this order, without states; `paths` are those of
 * files in `files`.
 */
void changes_replace(struct changes *changes, const struct interner *paths,
	const char *const *what);
/* Takes those out that are not wanted; `wanted` is by place in the list. */
void changes_keep(struct changes *changes, const bool *wanted);
/* Writes back what was learnt since; where it cannot be, no harm is done. */
void changes_write_back(struct changes *changes, struct map *map);
void changes_release(struct changes *changes);

#endif
