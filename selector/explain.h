/* SPDX-License-Identifier: MIT */
/*
 * Why a unit depends on a file, and on what it depends at all.
 */
#ifndef FTRACE_SELECTOR_EXPLAIN_H
#define FTRACE_SELECTOR_EXPLAIN_H

#include "map/query.h"

/* One link of a chain from a unit to a file; the unit's own scope first. */
struct chain_link {
	enum scope_kind kind;
	char *name;
};

struct chain {
	char *runner, *id; /* of the unit */
	struct chain_link *links;
	size_t count, room;
	char *path;  /* what the last link read, as stored */
	char *block; /* of that, or NULL: the whole */
	uint32_t first, last; /* lines of a passage of it; 0: all of it */
	uint32_t kinds;
};

struct chains {
	struct chain *list; /* by unit */
	size_t count, room;
};

/*
 * The chains from units to a file by its stored path. unit: only this one's
 * scope, or 0 for every unit that depends on it. stale: to what of it has
 * changed, as far as the map has been told.
 */
int explain_file(struct chains *chains, struct map *map, const char *path,
	int64_t unit, bool stale, struct err *err);
void chains_release(struct chains *chains);

/* What a unit did and inherits, an entry for each path, block and scope. */
struct dependency {
	char *path;
	char *block;
	uint32_t kinds;
	bool input;           /* an edit of it selects the unit */
	enum scope_kind kind; /* of the scope that did it */
	char *scope;
};

struct dependencies {
	struct dependency *list; /* by path */
	size_t count, room;
};

int explain_unit(struct dependencies *dependencies, struct map *map,
	int64_t unit, struct err *err);
void dependencies_release(struct dependencies *dependencies);

#endif
