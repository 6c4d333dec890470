/* SPDX-License-Identifier: MIT */
/*
 * Makes the map of a made-up project the way a recording does, and times it.
 *
 *	bench_synthetic ROOT files TESTS READS
 *		makes the project's files
 *	bench_synthetic ROOT record TESTS READS [VARIANT FIRST COUNT]
 *		records all tests, or COUNT of them from FIRST on
 *	bench_synthetic ROOT expect TESTS READS SORT NUMBER
 *		prints the tests that a change of that file can affect, found
 *		without the map
 *
 * Times are printed as "name value" lines, in milliseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench/graph.h"
#include "languages/language.h"
#include "wire/kind.h"

#define NAME_MAX_BYTES 128

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_synthetic: %s: %s\n", what, why);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			die(path, strerror(errno));
		*slash = '/';
	}
}

static void make_file(
	const char *root, const struct graph *graph, struct graph_read read)
{
	char path[NAME_MAX_BYTES], *whole;
	FILE *file;

	graph_path(&read, path, sizeof(path));
	whole = xasprintf("%s/%s", root, path);
	make_directories(whole);
	file = fopen(whole, "w");
	if (!file)
		die(whole, strerror(errno));
	/* Small, and no two the same: 30 to 2,000 bytes. */
	for (uint32_t i = 0; i <= (read.number * 7 + graph->tests) % 67; i++)
		fprintf(file, "%s: line %u of it\n", path, i);
	if (fclose(file))
		die(whole, strerror(errno));
	free(whole);
}

static void make_files(const char *root, const struct graph *graph)
{
	for (int sort = 0; sort < SORTS; sort++)
		for (uint32_t i = 0; i < graph->count[sort]; i++)
			make_file(root, graph,
				(struct graph_read){(enum sort)sort, i});
}

/* The state that a read is of, as the fold of a real session finds it. */
static struct recorded_read look_up(
	struct map_files *files, const struct graph_read *read)
{
	static const struct {
		enum aspect aspect;
		uint32_t kinds;
	} what[SORTS] = {
		[SORT_DATA] = {ASPECT_CONTENT, KIND_BIT(ACCESS_READ)},
		[SORT_TEST] = {ASPECT_CONTENT,
			KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_STAT)},
		[SORT_LIBRARY] = {ASPECT_CONTENT,
			KIND_BIT(ACCESS_READ) | KIND_BIT(ACCESS_STAT)},
		[SORT_ABSENT] = {ASPECT_CONTENT, KIND_BIT(ACCESS_ABSENT)},
		[SORT_LOOK] = {ASPECT_LISTING, KIND_BIT(ACCESS_LIST)},
		[SORT_SYSTEM] = {ASPECT_CONTENT, KIND_BIT(ACCESS_READ)},
		[SORT_TESTS] = {ASPECT_LISTING, KIND_BIT(ACCESS_LIST)},
	};
	char path[NAME_MAX_BYTES], block[NAME_MAX_BYTES] = "";
	uint32_t file, dir;

	graph_path(read, path, sizeof(path));
	if (read->sort == SORT_LOOK)
		snprintf(block, sizeof(block), "module_%03u", read->number);
	file = map_files_intern(files, path, strlen(path));
	map_file_check(files, file, NULL);
	if (read->sort == SORT_ABSENT && files->files[file].dir == FILE_NONE) {
		dir = map_files_intern(files, "lib", 3);
		map_file_check(files, dir, NULL);
		files->files[file].dir = dir;
		files->files[file].dirty = true;
		files->files[dir].anchor = true;
	}
	return (struct recorded_read){
		.state = map_file_state(files, file, what[read->sort].aspect,
			block, strlen(block)),
		.kinds = what[read->sort].kinds};
}

/* The states of all files, by sort and number, so that each is met once. */
struct states {
	struct recorded_read *reads[SORTS];
	bool *known[SORTS];
};

static struct recorded_read state_of(struct states *states,
	struct map_files *files, const struct graph_read *read)
{
	bool *known = &states->known[read->sort][read->number];
	struct recorded_read *state = &states->reads[read->sort][read->number];

	if (!*known)
		*state = look_up(files, read);
	*known = true;
	return *state;
}

static void states_init(struct states *states)
{
	for (int i = 0; i < SORTS; i++) {
		states->reads[i] = xcalloc(1 << 14, sizeof(**states->reads));
		states->known[i] = xcalloc(1 << 14, sizeof(**states->known));
	}
}

static void states_release(struct states *states)
{
	for (int i = 0; i < SORTS; i++) {
		free(states->reads[i]);
		free(states->known[i]);
	}
}

struct session {
	struct recording recording;
	struct map_files files;
	struct interner names;
	size_t reads, uses;
};

static void add_scope(struct session *session, const struct graph *graph,
	const struct graph_scope *from, struct states *states, bool wanted)
{
	struct recording *recording = &session->recording;
	struct recorded_scope *scope =
		array_add(&recording->scopes, &recording->scope_count,
			&recording->scope_room, sizeof(*scope));
	char name[NAME_MAX_BYTES];
	uint32_t i;

	graph_name(graph, from, name, sizeof(name));
	i = intern(&session->names, name, strlen(name));
	scope->kind = from->kind;
	scope->name = session->names.entries[i].bytes;
	scope->name_size = session->names.entries[i].size;
	scope->duration = -1;
	scope->unwanted = !wanted;
	if (!wanted)
		return;
	if (from->kind == SCOPE_UNIT) {
		scope->outcome = "passed";
		scope->duration = 1000 + from->number % 997;
	}
	for (size_t k = 0; k < from->read_count; k++)
		*(struct recorded_read *)array_add(&scope->reads,
			&scope->read_count, &scope->read_room,
			sizeof(*scope->reads)) =
			state_of(states, &session->files, &from->reads[k]);
	for (size_t k = 0; k < from->use_count; k++)
		*(uint32_t *)array_add(&scope->uses, &scope->use_count,
			&scope->use_room, sizeof(*scope->uses)) = from->uses[k];
	session->reads += scope->read_count;
	session->uses += scope->use_count;
}

static void fill(struct session *session, const struct graph *graph,
	uint32_t first, uint32_t count)
{
	struct states states;

	states_init(&states);
	for (uint32_t i = 0; i < graph->scope_count; i++) {
		const struct graph_scope *scope = &graph->scopes[i];

		add_scope(session, graph, scope, &states,
			scope->kind != SCOPE_UNIT ||
				(scope->number >= first &&
					scope->number - first < count));
	}
	states_release(&states);
}

static void record(const char *root, const struct graph *graph, uint32_t first,
	uint32_t count)
{
	struct session session = {.recording = {.files = &session.files,
					  .started = clock_now(),
					  .command = "bench"}};
	char *directory = xasprintf("%s/" MAP_DIRECTORY, root);
	double started = now(), loaded, looked, stored, done;
	struct map map;
	struct err err;

	if (mkdir(directory, 0777) < 0 && errno != EEXIST)
		die(directory, strerror(errno));
	if (map_open(&map, root, MAP_RECORD, &err) < 0 ||
		map_begin(&map, &err) < 0 ||
		map_files_load(&session.files, &map, &err) < 0)
		die("open", err.text);
	loaded = now();
	fill(&session, graph, first, count);
	looked = now();
	if (recording_store(&session.recording, &map, &err) < 0)
		die("store", err.text);
	stored = now();
	if (map_commit(&map, &err) < 0)
		die("commit", err.text);
	done = now();
	printf("reads %zu\nuses %zu\nload %.1f\nlook %.1f\nstore %.1f\n"
	       "commit %.1f\ntotal %.1f\n",
		session.reads, session.uses, loaded - started, looked - loaded,
		stored - looked, done - stored, done - started);
	recording_release(&session.recording);
	map_files_release(&session.files);
	interner_release(&session.names);
	map_close(&map);
	free(directory);
}

static void expect(
	const struct graph *graph, const char *sort, const char *number)
{
	struct graph_read read = {
		(enum sort)atoi(sort), (uint32_t)atoi(number)};
	bool *found = graph_scan(graph, &read);
	char name[NAME_MAX_BYTES];

	graph_path(&read, name, sizeof(name));
	printf("%s\n", name);
	for (uint32_t t = 0; t < graph->tests; t++) {
		if (!found[t])
			continue;
		graph_name(graph, &graph->scopes[graph->first_test + t], name,
			sizeof(name));
		printf("%s\n", strchr(name, '/') + 1);
	}
	free(found);
}

int main(int argc, char **argv)
{
	uint32_t number[8] = {0};
	struct graph graph;

	if (argc < 5)
		die("usage", "bench_synthetic ROOT VERB TESTS READS ...");
	languages_begin();
	for (int i = 3; i < argc && i < 8; i++)
		number[i] = (uint32_t)strtoul(argv[i], NULL, 10);
	if (argc < 8)
		number[7] = number[3];
	graph_make(&graph, number[3], number[4],
		strcmp(argv[2], "record") ? 0 : number[5]);
	if (!strcmp(argv[2], "files"))
		make_files(argv[1], &graph);
	else if (!strcmp(argv[2], "record"))
		record(argv[1], &graph, number[6], number[7]);
	else if (!strcmp(argv[2], "expect") && argc == 7)
		expect(&graph, argv[5], argv[6]);
	else
		die(argv[2], "no such verb");
	graph_release(&graph);
	return 0;
}
