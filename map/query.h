/* SPDX-License-Identifier: MIT */
/*
 * Questions to the map. Results are copies, freed with their _release().
 */
#ifndef FTRACE_MAP_QUERY_H
#define FTRACE_MAP_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/map.h"
#include "map/recording.h"

struct query_unit {
	int64_t scope;
	char *runner;
	char *id;
	char *outcome;    /* NULL: it is known and never ran */
	int64_t duration; /* microseconds, -1: unknown */
	char *place;      /* where its command ran; NULL: nobody knows */
	/* Its result was a former one, until it fitted again: when it had been
	 * the newest one last. 0: it is the one of its last run. */
	int64_t recalled;
};

struct query_units {
	struct query_unit *units; /* by runner and id */
	size_t count, room;
};

/* All of them; to be released in any case. */
int query_units(struct query_units *units, struct map *map, struct err *err);
void query_units_release(struct query_units *units);

/* NULL: there is none. */
const struct query_unit *query_units_find(const struct query_units *units,
	const char *runner, size_t runner_size, const char *id);

/* Whether there is one; of that runner, or of any where it is NULL. */
int query_any_unit(
	bool *any, struct map *map, const char *runner, struct err *err);

/* A scope that can be reached from where a search began. */
struct query_hit {
	int64_t scope;
	uint32_t via;  /* the hit it was reached from; HIT_NONE: a beginning */
	int64_t state; /* a beginning: the state it read; 0: it began itself */
};

#define HIT_NONE UINT32_MAX

struct query_hits {
	struct query_hit *hits; /* nearest first */
	size_t count, room;
	uint32_t *slots; /* scope to hit */
	size_t slot_count;
};

/* The state that leads to a scope; 0: none does. */
int64_t query_hits_state(const struct query_hits *hits, int64_t scope);

/*
 * Every scope that depends on one of the states, or on one of the scopes:
 * against the `uses` and `makes` edges.
 */
int query_dependents(struct query_hits *hits, struct map *map,
	const int64_t *states, size_t state_count, const int64_t *scopes,
	size_t scope_count, struct err *err);
/*
 * Whether a unit depends on one of the states, counting only those who read
 * it with one of the kinds.
 */
int query_reached(bool *reached, struct map *map, const int64_t *states,
	size_t count, uint32_t kinds, struct err *err);
/* Every scope that the scope depends on, itself first: along the edges. */
int query_closure(struct query_hits *hits, struct map *map, int64_t scope,
	struct err *err);
void query_hits_release(struct query_hits *hits);
uint32_t query_hits_find(const struct query_hits *hits, int64_t scope);

struct query_scope {
	enum scope_kind kind;
	char *name;
	char *incomplete; /* or NULL */
	int64_t session;
};

int query_scope(struct query_scope *scope, struct map *map, int64_t id,
	struct err *err);
void query_scope_release(struct query_scope *scope);

/* The scopes with a stored reason for being incomplete. */
int query_incomplete(
	int64_t **scopes, size_t *count, struct map *map, struct err *err);

/* The current scopes of a kind; pairs of id and name. */
struct query_name {
	int64_t scope;
	char *name;
};
int query_names(struct query_name **names, size_t *count, struct map *map,
	enum scope_kind kind, struct err *err);

/* The same of all that there are, current or not. */
int query_all_names(struct query_name **names, size_t *count, struct map *map,
	enum scope_kind kind, struct err *err);
void query_names_release(struct query_name *names, size_t count);

/*
 * The modules whose sources are known: pairs of a file, in `scope`, and the
 * name of a module that is loaded from it.
 */
int query_sources(struct query_name **names, size_t *count, struct map *map,
	struct err *err);

/*
 * The directories that discovery looked through: pairs of a listing's id and
 * the directory; of all, or of those where the state was seen.
 */
int query_listings(struct query_name **names, size_t *count, struct map *map,
	struct err *err);
int query_listed(struct query_name **names, size_t *count, struct map *map,
	int64_t state, struct err *err);

/* The globs that test files match; without a number. */
int query_patterns(struct query_name **names, size_t *count, struct map *map,
	struct err *err);

/* The scopes that have a label. */
int query_labelled(int64_t **scopes, size_t *count, struct map *map,
	const char *label, struct err *err);

/*
 * What discovery passed by in the directories that it looked through: pairs of
 * a directory's listing and the stored path of an entry.
 */
int query_passed(struct query_name **names, size_t *count, struct map *map,
	struct err *err);

/* Every scope of a kind, current or not. */
int query_of_kind(int64_t **scopes, size_t *count, struct map *map,
	enum scope_kind kind, struct err *err);

/* What one scope did. */
struct query_access {
	char *path; /* as stored */
	char *block;
	uint32_t kinds;
	int64_t state; /* 0: nothing depends on it */
};
int query_accesses(struct query_access **accesses, size_t *count,
	struct map *map, int64_t scope, struct err *err);
void query_accesses_release(struct query_access *accesses, size_t count);

/*
 * The states of a file by its stored path; *count 0 when it is not known.
 * stale: those that the file had no longer when it was looked at last; all,
 * where there are none.
 */
int query_file_states(int64_t **states, size_t *count, struct map *map,
	const char *path, bool stale, struct err *err);

struct query_totals {
	int64_t units, scopes, files, states, reads, uses, makes, sessions;
	int64_t last_started;
	char *last_command;
};
int query_totals(struct query_totals *totals, struct map *map, struct err *err);
void query_totals_release(struct query_totals *totals);

/* The bases that are no check's, which say nothing of any test. */
int query_bases(
	int64_t **scopes, size_t *count, struct map *map, struct err *err);

#endif
