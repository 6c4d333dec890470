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

/* Only whether it is a map, of this version or an older one. */
int schema_check(struct map *map, struct err *err);

#endif
