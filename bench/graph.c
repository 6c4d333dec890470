/* SPDX-License-Identifier: MIT */
/*
 * The shape is that of the click suite's map, scaled up: a test uses its test
 * module, its file's collection, the base of the run and a few fixtures;
 * modules import modules, in circles too; an import looks for files that are
 * not there and compares the names in a directory.
 *
 * What no real map of this size has is a set of reads for each test that no
 * other shares: that is the worst case, and it is what is asked for.
 */
#include "bench/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define DATA_FILES 5000
#define TESTS_PER_FILE 20
#define LIBRARY 500
#define FIXTURES 200
#define SYSTEM_FILES 200

/* Tests of one file work on the same corner of the data. */
#define WINDOW 250

static uint64_t scrambled(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint32_t chosen(uint32_t a, uint32_t b, uint32_t c, uint32_t below)
{
	uint64_t key = scrambled(((uint64_t)a << 40) ^ ((uint64_t)b << 20) ^ c);

	return (uint32_t)(key % below);
}

static uint32_t add_scope(
	struct graph *graph, enum scope_kind kind, uint32_t number)
{
	struct graph_scope *scope = array_add(&graph->scopes,
		&graph->scope_count, &graph->scope_room, sizeof(*scope));

	scope->kind = kind;
	scope->number = number;
	return (uint32_t)(scope - graph->scopes);
}

static void add_read(
	struct graph *graph, uint32_t scope, enum sort sort, uint32_t number)
{
	struct graph_scope *from = &graph->scopes[scope];
	struct graph_read *read = array_add(&from->reads, &from->read_count,
		&from->read_room, sizeof(*read));

	read->sort = sort;
	read->number = number;
}

static void add_use(struct graph *graph, uint32_t scope, uint32_t used)
{
	struct graph_scope *from = &graph->scopes[scope];

	for (size_t i = 0; i < from->use_count; i++)
		if (from->uses[i] == used)
			return;
	*(uint32_t *)array_add(&from->uses, &from->use_count, &from->use_room,
		sizeof(*from->uses)) = used;
}

static uint32_t add_library(struct graph *graph)
{
	uint32_t first = (uint32_t)graph->scope_count;

	for (uint32_t i = 0; i < LIBRARY; i++) {
		uint32_t scope = add_scope(graph, SCOPE_MODULE, i);

		add_read(graph, scope, SORT_LIBRARY, i);
		add_read(graph, scope, SORT_ABSENT, i);
		add_read(graph, scope, SORT_LOOK, i);
	}
	/*
	 * Mostly what is more basic, and packages of ten in a circle: a change
	 * somewhere in the middle must not reach everything.
	 */
	for (uint32_t i = 0; i < LIBRARY; i++) {
		uint32_t package = i - i % 10;

		add_use(graph, first + i, first + package + (i + 1) % 10);
		for (uint32_t k = 0; package && k < 2; k++)
			add_use(graph, first + i,
				first + chosen(1, i, k, package));
	}
	return first;
}

static uint32_t add_fixtures(struct graph *graph, uint32_t library)
{
	uint32_t first = (uint32_t)graph->scope_count;

	for (uint32_t i = 0; i < FIXTURES; i++) {
		uint32_t scope = add_scope(graph, SCOPE_FIXTURE, i);

		for (uint32_t k = 0; k < 5; k++)
			add_read(graph, scope, SORT_DATA,
				chosen(2, i, k, DATA_FILES));
		add_use(graph, scope, library + chosen(3, i, 0, LIBRARY));
	}
	return first;
}

/* A test file's module and collection; returns the module. */
static uint32_t add_file(
	struct graph *graph, uint32_t file, uint32_t library, uint32_t discover)
{
	uint32_t module = add_scope(graph, SCOPE_MODULE, LIBRARY + file);
	uint32_t collect = add_scope(graph, SCOPE_COLLECT, file);

	add_read(graph, module, SORT_TEST, file);
	add_read(graph, collect, SORT_TEST, file);
	for (uint32_t k = 0; k < 5; k++)
		add_use(graph, module, library + chosen(4, file, k, LIBRARY));
	add_use(graph, collect, module);
	add_use(graph, collect, discover);
	return module;
}

/* Distinct files: one that all read, a corner of the data, the rest of it. */
static void add_data(struct graph *graph, uint32_t scope, uint32_t test,
	uint32_t variant, bool *seen)
{
	uint32_t corner = chosen(5, test / TESTS_PER_FILE, 0, DATA_FILES);
	uint32_t step = 0;

	memset(seen, 0, DATA_FILES);
	while (graph->scopes[scope].read_count < graph->reads) {
		size_t n = graph->scopes[scope].read_count;
		uint32_t key =
			step++ + (n > graph->reads / 2 ? variant << 10 : 0);
		uint32_t file = chosen(7, test, key, DATA_FILES);

		if (n == 0)
			file = 0;
		else if (n < graph->reads * 3 / 5)
			file = (corner + chosen(6, test, key, WINDOW)) %
			       DATA_FILES;
		if (seen[file])
			continue;
		seen[file] = true;
		add_read(graph, scope, SORT_DATA, file);
	}
}

void graph_make(
	struct graph *graph, uint32_t tests, uint32_t reads, uint32_t variant)
{
	uint32_t base, discover, library, fixtures, files, *modules;
	bool *seen = xcalloc(DATA_FILES, sizeof(*seen));

	files = (tests + TESTS_PER_FILE - 1) / TESTS_PER_FILE;
	*graph = (struct graph){.tests = tests,
		.reads = reads,
		.per_file = TESTS_PER_FILE,
		.fixtures = FIXTURES,
		.count = {[SORT_DATA] = DATA_FILES,
			[SORT_TEST] = files,
			[SORT_LIBRARY] = LIBRARY,
			[SORT_SYSTEM] = SYSTEM_FILES}};
	modules = xcalloc(files, sizeof(*modules));
	base = add_scope(graph, SCOPE_RUN, 0);
	for (uint32_t i = 0; i < SYSTEM_FILES; i++)
		add_read(graph, base, SORT_SYSTEM, i);
	discover = add_scope(graph, SCOPE_DISCOVER, 0);
	add_read(graph, discover, SORT_TESTS, 0);
	library = add_library(graph);
	fixtures = add_fixtures(graph, library);
	for (uint32_t i = 0; i < files; i++)
		modules[i] = add_file(graph, i, library, discover);
	graph->first_test = (uint32_t)graph->scope_count;
	for (uint32_t i = 0; i < tests; i++) {
		uint32_t scope = add_scope(graph, SCOPE_UNIT, i);
		uint32_t module = modules[i / TESTS_PER_FILE];

		add_data(graph, scope, i, variant, seen);
		add_use(graph, scope, base);
		add_use(graph, scope, module);
		add_use(graph, scope, module + 1); /* its collection */
		for (uint32_t k = 0; k < 3; k++)
			add_use(graph, scope,
				fixtures + chosen(8, i, k, FIXTURES));
	}
	free(modules);
	free(seen);
}

void graph_release(struct graph *graph)
{
	for (size_t i = 0; i < graph->scope_count; i++) {
		free(graph->scopes[i].reads);
		free(graph->scopes[i].uses);
	}
	free(graph->scopes);
	memset(graph, 0, sizeof(*graph));
}

void graph_path(const struct graph_read *read, char *path, size_t size)
{
	uint32_t n = read->number;

	switch (read->sort) {
	case SORT_DATA:
		snprintf(path, size, "data/%02u/file_%04u.txt", n / 100, n);
		break;
	case SORT_TEST:
		snprintf(path, size, "tests/test_%03u.py", n);
		break;
	case SORT_LIBRARY:
		snprintf(path, size, "lib/module_%03u.py", n);
		break;
	case SORT_ABSENT:
		snprintf(path, size, "lib/module_%03u.so", n);
		break;
	case SORT_SYSTEM:
		snprintf(path, size, "system/file_%03u.py", n);
		break;
	case SORT_LOOK:
		snprintf(path, size, "lib");
		break;
	default:
		snprintf(path, size, "tests");
		break;
	}
}

void graph_name(const struct graph *graph, const struct graph_scope *scope,
	char *name, size_t size)
{
	uint32_t n = scope->number;

	switch (scope->kind) {
	case SCOPE_UNIT:
		snprintf(name, size,
			"pytest/tests/test_%03u.py::test_case_%05u",
			n / graph->per_file, n);
		break;
	case SCOPE_FIXTURE:
		snprintf(name, size, "tests::fixture_%03u@tests", n);
		break;
	case SCOPE_MODULE:
		snprintf(name, size,
			n < LIBRARY ? "lib.module_%03u" : "tests.test_%03u",
			n < LIBRARY ? n : n - LIBRARY);
		break;
	case SCOPE_COLLECT:
		snprintf(name, size, "tests/test_%03u.py", n);
		break;
	case SCOPE_DISCOVER:
		snprintf(name, size, "tests");
		break;
	default:
		*name = '\0';
		break;
	}
}

static bool reads_it(
	const struct graph_scope *scope, const struct graph_read *read)
{
	for (size_t i = 0; i < scope->read_count; i++)
		if (scope->reads[i].sort == read->sort &&
			scope->reads[i].number == read->number)
			return true;
	return false;
}

bool *graph_scan(const struct graph *graph, const struct graph_read *read)
{
	bool *found = xcalloc(graph->tests, sizeof(*found));
	bool *readers = xcalloc(graph->scope_count, sizeof(*readers));
	uint32_t *seen = xcalloc(graph->scope_count, sizeof(*seen));
	uint32_t *queue = xcalloc(graph->scope_count, sizeof(*queue));

	for (size_t i = 0; i < graph->scope_count; i++)
		readers[i] = reads_it(&graph->scopes[i], read);
	for (uint32_t t = 0; t < graph->tests; t++) {
		size_t count = 0;

		queue[count++] = graph->first_test + t;
		seen[graph->first_test + t] = t + 1;
		for (size_t i = 0; i < count && !found[t]; i++) {
			const struct graph_scope *scope =
				&graph->scopes[queue[i]];

			found[t] = readers[queue[i]];
			for (size_t k = 0; k < scope->use_count; k++) {
				if (seen[scope->uses[k]] == t + 1)
					continue;
				seen[scope->uses[k]] = t + 1;
				queue[count++] = scope->uses[k];
			}
		}
	}
	free(readers);
	free(seen);
	free(queue);
	return found;
}
