/* SPDX-License-Identifier: MIT */
/*
 * A map that remembers: of each unit the results before the newest one, each
 * with the scopes that it depended on, so that who goes to another branch and
 * back, or takes an edit back, runs nothing twice.
 *
 * A former result counts only if everything that it depended on is exactly as
 * it was, and all was seen. Then it becomes the newest one again,
 * as if it had just run, and failed if it failed: all else asks about newest
 * results alone, and what an edit changes is narrowed from the texts that the
 * newest results saw.
 *
 * Former results have tables of their own, in which no other query looks; see
 * map/schema.c.
 */
#ifndef FTRACE_MAP_FORMER_H
#define FTRACE_MAP_FORMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/files.h"
#include "map/map.h"

/* Who made which files, before something is stored; to be released. */
struct former_makers {
	struct former_made {
		int64_t scope, file;
	} * list; /* by scope */
	size_t count, room;
};

int former_makers_load(
	struct former_makers *makers, struct map *map, struct err *err);
void former_makers_release(struct former_makers *makers);

/*
 * The result of the unit with this scope is about to be no newest one; where
 * it is worth it, it is kept. Inside a transaction, as all that follows.
 */
int former_demote(struct map *map, int64_t scope, struct err *err);

/*
 * The same of what no unit may lead to: a directory that was looked through,
 * a file that has no tests. It is a result of no runner, FORMER_PLACE.
 */
#define FORMER_PLACE ""
int former_demote_place(struct map *map, int64_t scope, struct err *err);

/*
 * Takes what demoted results depend on along, which may be swept afterwards.
 * Those that not everything is known of are forgotten.
 */
int former_take_along(
	struct map *map, const struct former_makers *makers, struct err *err);

/*
 * The units of these scopes have just run. A former result that fits what is
 * there now, as far as the files tell, and ended otherwise was wrong and goes;
 * of those that ended so all but the last go.
 */
int former_refute(struct map *map, const struct map_files *files,
	const int64_t *scopes, size_t count, struct err *err);

/* Keeps to map->keep. */
int former_limit(struct map *map, struct err *err);

/* All of a unit's: they have shown not to know all. */
int former_forget(
	struct map *map, const char *runner, const char *id, struct err *err);

/* A number for a scope that none has. */
int former_next_scope(int64_t *id, struct map *map, struct err *err);

/*
 * Drops the states that nobody has read, and marks those that former results
 * alone have.
 */
int former_sweep_states(struct map *map, struct err *err);

struct former_totals {
	int64_t results, units; /* units: that have some */
	int64_t bytes;
	int64_t oldest;  /* when it ran, 0: there is none */
	int64_t evicted; /* so far */
	/* Results that became the newest again so far, by how long they had
	 * not been that: an hour, a day, a week, longer. */
	int64_t recalled[4];
};

int former_totals(
	struct former_totals *totals, struct map *map, struct err *err);

#endif
