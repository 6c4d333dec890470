/* SPDX-License-Identifier: MIT */
/*
 * Former results on their way back; for map/former_recall.c and map/recall*.c
 * only. All inside one transaction, but for recall_find().
 */
#ifndef FTRACE_MAP_RECALL_H
#define FTRACE_MAP_RECALL_H

#include "base/intern.h"
#include "map/former.h"
#include "map/former_read.h"
#include "map/query.h"

/* A result that comes back. */
struct recalled {
	char *runner, *id;
	int64_t scope;
	int64_t unit; /* the scope that the unit has now; 0: no such unit */
	int64_t ran;
	uint32_t *leads; /* to these scopes of the reader */
	size_t lead_count;
};

struct recall {
	struct map *map;
	struct err *err;
	struct former_reader reader;
	struct query_units units;
	struct query_hits stale;  /* who can reach what is not as it was */
	struct query_hits unseen; /* who can reach what was not all seen */
	bool unseen_known;
	struct former_makers makers;
	struct interner made;    /* files that somebody made */
	struct interner ignored; /* files of which it is no matter */
	struct recalled *list;
	size_t count, room;
	uint32_t *files; /* collected as then: their scopes in the reader */
	size_t file_count, file_room;
};

/* Lists those that fit, the newest of each unit. */
int recall_find(struct recall *recall);

/* One of these is the unit's newest result, as if it had run just now. */
int recall_promote(struct recall *recall, const struct recalled *one);

/*
 * Which tests there are, once results are back: the files that are collected
 * as they were, each once; what is said of places; the units of these files,
 * and of those that are not there now.
 */
int recall_files(struct recall *recall);
int recall_renew_all(struct recall *recall);
int recall_settle(struct recall *recall);
int recall_lose(struct recall *recall);

/* Whether a scope tells of a whole file, and is the newest of its name. */
bool recall_is_file(const struct former_scope *scope);
int recall_is_latest(bool *yes, struct recall *recall, int64_t scope);

/* Runs one statement, with numbers for its parameters. */
int recall_run(
	struct recall *recall, const char *sql, int64_t first, int64_t second);

#endif
