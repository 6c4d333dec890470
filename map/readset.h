/* SPDX-License-Identifier: MIT */
/*
 * Sets of states that scopes and listings share, for the files of this folder
 * only.
 */
#ifndef FTRACE_MAP_READSET_H
#define FTRACE_MAP_READSET_H

#include <stddef.h>
#include <stdint.h>

#include "map/map.h"
#include "map/print.h"
#include "map/sql.h"

/* The statements for storing many; to be closed in any case. */
struct readsets {
	struct map *map;
	sqlite3_stmt *find, *add, *read;
};

int readsets_open(struct readsets *sets, struct map *map, struct err *err);
void readsets_close(struct readsets *sets);

/*
 * The set of these pairs of a state's id and kinds, which have that print; made
 * where it is new.
 */
int readsets_store(struct readsets *sets, const struct print *print,
	const int64_t *pairs, size_t count, int64_t *set, struct err *err);

/* The same for one. */
int readset_store(struct map *map, const struct print *print,
	const int64_t *pairs, size_t count, int64_t *set, struct err *err);

/* Drops the sets that nobody has. */
int readset_sweep(struct map *map, struct err *err);

#endif
