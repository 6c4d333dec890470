/* SPDX-License-Identifier: MIT */
/*
 * The made-up project: which scope reads which files and uses which scopes.
 * It follows from its size alone, so that the same graph can be made again to
 * check an answer, without asking the map.
 */
#ifndef FTRACE_BENCH_GRAPH_H
#define FTRACE_BENCH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map/recording.h"

/* What a scope looked at; the number of a file of its sort. */
enum sort {
	SORT_DATA,    /* small files that tests open */
	SORT_TEST,    /* tests/test_N.py */
	SORT_LIBRARY, /* lib/module_N.py */
	SORT_ABSENT,  /* lib/module_N.so, looked for in vain */
	SORT_LOOK,    /* the entries of lib/ that the import of N compared */
	SORT_SYSTEM,  /* what the interpreter itself reads */
	SORT_TESTS,   /* the listing of tests/ */
	SORTS
};

struct graph_read {
	enum sort sort;
	uint32_t number;
};

struct graph_scope {
	enum scope_kind kind;
	uint32_t number; /* among its kind */
	struct graph_read *reads;
	size_t read_count, read_room;
	uint32_t *uses; /* in scopes */
	size_t use_count, use_room;
};

struct graph {
	uint32_t tests, reads; /* of each test, of data files */
	uint32_t count[SORTS];
	uint32_t per_file; /* tests in a test file */
	uint32_t fixtures;
	struct graph_scope *scopes;
	size_t scope_count, scope_room;
	uint32_t first_test; /* the place of test 0 in scopes */
};

/* variant: another one gives every test some other files to read. */
void graph_make(
	struct graph *graph, uint32_t tests, uint32_t reads, uint32_t variant);
void graph_release(struct graph *graph);

/* The path of a file from the root; the block of a look. */
void graph_path(const struct graph_read *read, char *path, size_t size);
void graph_name(const struct graph *graph, const struct graph_scope *scope,
	char *name, size_t size);

/*
 * For each test, whether it reaches a scope that read this: a scan of all
 * edges from every test, to check cleverer ways. To be freed.
 */
bool *graph_scan(const struct graph *graph, const struct graph_read *read);

#endif
