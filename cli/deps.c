/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/common.h"
#include "cli/find_test.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "map/variable.h"
#include "selector/own.h"
#include "wire/kind.h"

static bool inputs, all;

static const struct option_row options[] = {
	{'a', "all", OPTION_FLAG, &all, 0,
		"everything, not only the project's files"},
	{'i', "inputs", OPTION_FLAG, &inputs, 0,
		"only what selects the test when it is edited"},
	QUERY_OPTIONS,
	{0},
};

/* Parts of a file that are named in one line. */
#define PARTS_MOST 3

struct answer {
	const struct query_unit *unit;
	const char *root;
	struct dependencies dependencies;
};

/* Whether it is asked for. */
static bool deps_is_wanted(
	const struct answer *answer, const struct dependency *dependency)
{
	return (dependency->input || !inputs) &&
	       (all || own_is(dependency, answer->unit, answer->root));
}

/* An entry for each kind of access. */
static void add_accesses(cJSON *accesses, const struct dependency *from)
{
	for (unsigned kind = 0; kind < ACCESS_KINDS; kind++) {
		cJSON *item;

		if (!(from->kinds & KIND_BIT(kind)))
			continue;
		item = cJSON_CreateObject();
		cJSON_AddItemToObject(item, "path", json_path(from->path));
		cJSON_AddStringToObject(item, "kind", access_kind_name(kind));
		if (*from->block)
			cJSON_AddItemToObject(
				item, "block", json_bytes(from->block));
		cJSON_AddBoolToObject(item, "input", from->input);
		cJSON_AddStringToObject(
			item, "scope", scope_kind_name(from->kind));
		cJSON_AddItemToObject(
			item, "scope_name", json_bytes(from->scope));
		cJSON_AddItemToArray(accesses, item);
	}
}

static void deps_answer_json(const struct answer *answer)
{
	const struct dependencies *dependencies = &answer->dependencies;
	const struct query_unit *unit = answer->unit;
	cJSON *json = json_new(), *accesses;
	size_t left = 0;

	cJSON_AddItemToObject(json, "id", json_bytes(unit->id));
	cJSON_AddStringToObject(json, "runner", unit->runner);
	accesses = cJSON_AddArrayToObject(json, "accesses");
	for (size_t i = 0; i < dependencies->count; i++) {
		const struct dependency *from = &dependencies->list[i];

		if (deps_is_wanted(answer, from))
			add_accesses(accesses, from);
		else
			left++;
	}
	cJSON_AddNumberToObject(json, "left_out", (double)left);
	json_print(json);
}

/*
 * The kinds of access to the entry's part of its file, whoever did it on the
 * test's behalf; 0: nobody that is asked for. *at moves behind it.
 */
static uint32_t deps_take_part(const struct answer *answer, size_t *at)
{
	const struct dependency *list = answer->dependencies.list;
	const struct dependency *first = &list[*at];
	uint32_t kinds = 0;

	for (; *at < answer->dependencies.count &&
		!strcmp(list[*at].path, first->path) &&
		!strcmp(list[*at].block, first->block);
		++*at)
		if (deps_is_wanted(answer, &list[*at]))
			kinds |= list[*at].kinds;
	return kinds;
}

/* One line a path and part. */
static void print_all(const struct answer *answer)
{
	for (size_t i = 0; i < answer->dependencies.count;) {
		const struct dependency *from = &answer->dependencies.list[i];
		uint32_t kinds = deps_take_part(answer, &i);

		if (kinds)
			printf("%-18s %s%s%s\n", kinds_text(kinds),
				variable_shown(from->path),
				*from->block ? "  " : "", from->block);
	}
}

/* One line a path, with a few of its parts; how many paths were left out. */
static size_t print_own(const struct answer *answer)
{
	const struct dependencies *dependencies = &answer->dependencies;
	size_t left = 0;

	for (size_t i = 0; i < dependencies->count;) {
		const struct dependency *from = &dependencies->list[i];
		const char *parts[PARTS_MOST];
		size_t count = 0;
		uint32_t kinds = 0;

		while (i < dependencies->count &&
			!strcmp(dependencies->list[i].path, from->path)) {
			const char *part = dependencies->list[i].block;
			uint32_t these = deps_take_part(answer, &i);

			kinds |= these;
			if (!these || !*part)
				continue;
			if (count < PARTS_MOST)
				parts[count] = part;
			count++;
		}
		left += !kinds;
		if (!kinds)
			continue;
		printf("%-18s %s", kinds_text(kinds),
			variable_shown(from->path));
		for (size_t k = 0; k < count && k < PARTS_MOST; k++)
			printf("%s%s", k ? ", " : "  ", parts[k]);
		if (count > PARTS_MOST)
			printf(" and %zu more", count - PARTS_MOST);
		putchar('\n');
	}
	return left;
}

static void deps_answer_text(const struct answer *answer)
{
	size_t left;

	if (all) {
		print_all(answer);
		return;
	}
	left = print_own(answer);
	if (left)
		note("%s not shown, as they are outside the project or the "
		     "runner's own; --all shows everything",
			counted(left, "path is", "paths are"));
}

static int print_answer(struct map *map, const struct query_unit *unit)
{
	struct answer answer = {.unit = unit, .root = map->root};
	struct err err;
	int code = explain_unit(&answer.dependencies, map, unit->scope, &err);

	if (code < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			deps_answer_json(&answer);
		else
			deps_answer_text(&answer);
		code = finish_output();
	}
	dependencies_release(&answer.dependencies);
	return code;
}

static int deps_answer(struct map *map, const char *text)
{
	struct query_units units = {0};
	const struct query_unit *unit;
	struct err err;
	int code = query_units(&units, map, &err);

	if (code < 0)
		return query_failed(&err);
	unit = find_test(&units, map->root, text, &code);
	if (unit)
		code = print_answer(map, unit);
	query_units_release(&units);
	return code;
}

static int deps_run(int argc, char **argv)
{
	int first = options_parse(&verb_deps, argc, argv), code;
	struct map map;

	if (first + 1 != argc)
		usage_error(&verb_deps, "exactly one test is needed");
	code = open_map_of_units(&map, NULL);
	if (code)
		return code;
	code = deps_answer(&map, argv[first]);
	map_close(&map);
	return code;
}

const struct verb verb_deps = {
	.name = "deps",
	.summary = "print which of the project's files a test depends on",
	.usage = "TEST",
	.text = "Prints the project's files that the test depends on, itself "
		"or through the\nfixtures and modules it uses, and what it "
		"looked for or wrote there, with the\nkinds of access: read, "
		"absent (looked for in vain), list, exec, stat, link,\nwrite, "
		"rename, unlink; and the part of the file, where only a part "
		"matters.\nWith --all also libraries, the interpreter, what "
		"the runner itself did, and\nentries of folders that were "
		"looked for.\n\nA test is named by its id, or by the end of it "
		"where no other has the same:\n'test_x', 'test_a.py::test_x', "
		"'test_x[1]'.",
	.options = options,
	.run = deps_run,
};
