/* SPDX-License-Identifier: MIT */
/*
 * The tables and how a map of an older version becomes one of this version.
 */
#ifndef FTRACE_MAP_SCHEMA_H
#define FTRACE_MAP_SCHEMA_H

#include "map/map.h"

/*
 * Makes the tables in an empty database, migrates an older map forward inside
 * one transaction, refuses a newer one or a database that is no map.
 */
int schema_prepare(struct map *map, struct err *err);

/*
 * Compares the tables of a map that comes from outside, word for word, with
 * those that this program makes for its version. indexes: those that it makes
 * by itself are there, too. MAP_BROKEN where anything differs.
 */
int schema_compare(struct map *map, bool indexes, struct err *err);

/* Drops the indexes that no table needs; the next migration has no use for
 * them either. */
int schema_drop_indexes(struct map *map, struct err *err);

/* Only whether it is a map, of this version or an older one. */
int schema_check(struct map *map, struct err *err);

#endif
