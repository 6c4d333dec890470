/* SPDX-License-Identifier: MIT */
/*
 * Whether what a former result depended on is as it was; for map/former*.c
 * only.
 */
#ifndef FTRACE_MAP_FORMER_READ_H
#define FTRACE_MAP_FORMER_READ_H

#include "base/intern.h"
#include "map/files.h"
#include "map/recording.h"
#include "map/sql.h"

struct former_scope {
	int64_t id;
	enum scope_kind kind;
	char *name;
	int64_t session, content;
	struct print digest;
	int64_t *uses;
	size_t use_count;
	int64_t *made; /* files */
	size_t made_count;
	char *members; /* frames, or NULL */
	size_t members_size;
	bool missing; /* there is none of that number */
	enum { FORMER_UNKNOWN, FORMER_DEAD, FORMER_LIVE } fate; /* of all */
	uint32_t round; /* that met it last */
};

struct former_reader {
	struct map *map;
	const struct map_files *files;
	const bool *counts; /* by file: no matter otherwise; NULL: all count */
	sqlite3_stmt *scope, *set;
	uint32_t *places; /* in files->states, by number of the state */
	size_t place_count;
	struct interner scopes; /* numbers of scopes ... */
	struct former_scope *list;
	size_t count, room;
	struct interner sets;
	signed char *alive; /* of sets: 0, 1, or -1: not looked at */
	size_t set_count, set_room;
	/* What the last one that was asked for leads to; itself first. */
	struct former_step {
		uint32_t scope, via; /* via: a step */
	} * steps;
	size_t step_count, step_room;
	uint32_t round;
};

/* files: checked; they outlive the reader, which is to be closed in any case.
 */
int former_reader_open(struct former_reader *reader, struct map *map,
	const struct map_files *files, const bool *counts, struct err *err);
void former_reader_close(struct former_reader *reader);

/* Whether all that it leads to is as it was. */
int former_reader_fits(bool *yes, struct former_reader *reader, int64_t scope,
	struct err *err);

/* One scope, owned by the reader until the next is asked for. */
int former_reader_scope(const struct former_scope **scope,
	struct former_reader *reader, int64_t id, struct err *err);

/* The states of a set: pairs of number and kinds, to be freed. */
int former_reader_set(int64_t **pairs, size_t *count, struct print *digest,
	struct former_reader *reader, int64_t set, struct err *err);

/* The place of a state in files, or FILE_NONE. */
uint32_t former_reader_place(const struct former_reader *reader, int64_t state);

#endif
