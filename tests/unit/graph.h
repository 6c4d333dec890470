/* SPDX-License-Identifier: MIT */
/*
 * A small language for maps: sessions of scopes that read, use and make, and
 * the question which units an edit of a path affects. Paths need not exist.
 */
#ifndef FTRACE_TESTS_UNIT_GRAPH_H
#define FTRACE_TESTS_UNIT_GRAPH_H

#include "map/map.h"
#include "map/recording.h"

extern struct map graph_map;

/* For cmocka: a scratch directory with an open, empty map in it. */
int graph_enter(void **state);
int graph_leave(void **state);

/* A session; what is said until graph_commit() belongs to it. */
void graph_begin(void);
void graph_commit(void);

/* Instead of graph_commit(): what an audit finds, the unit's scope its run. */
struct audit;
void graph_audit(uint32_t unit, struct audit *audit);

/* Names are literals; a unit's is "runner/id". Returns its place. */
uint32_t graph_scope(enum scope_kind kind, const char *name);
struct recorded_scope *graph_at(uint32_t scope);
void graph_read(uint32_t scope, const char *path);
void graph_use(uint32_t scope, uint32_t used);
void graph_make(uint32_t scope, const char *path, uint32_t kinds);
void graph_gone(const char *name);
void graph_label(uint32_t scope, const char *name);
/* A directory's listing, in which the file was passed by. */
void graph_listing(const char *directory, const char *passed);

/* How many former results fit what is on disk and come back. */
size_t graph_recall(void);

/* A session of one unit that reads one path. */
void graph_unit(const char *name, const char *path);

/* The ids of the units an edit of path affects, sorted, with spaces. */
const char *graph_affected(const char *path);

/* The ids of all units. */
const char *graph_units(void);

/* The single number a query gives. */
int64_t graph_number(const char *sql);

#endif
