/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "map/variable.h"
#include "selector/explain.h"
#include "wire/kind.h"

static bool inputs;

static const struct option_row options[] = {
	{'i', "inputs", OPTION_FLAG, &inputs, 0,
		"only what an edit of selects the test"},
	QUERY_OPTIONS,
	{0},
};

static void answer_json(
	const struct query_unit *unit, const struct dependencies *dependencies)
{
	cJSON *json = json_new();
	cJSON *accesses;

	cJSON_AddItemToObject(json, "id", json_bytes(unit->id));
	cJSON_AddStringToObject(json, "runner", unit->runner);
	accesses = cJSON_AddArrayToObject(json, "accesses");
	for (size_t i = 0; i < dependencies->count; i++) {
		const struct dependency *from = &dependencies->list[i];

		if (inputs && !from->input)
			continue;
		for (unsigned kind = 0; kind < ACCESS_KINDS; kind++) {
			cJSON *item;

			if (!(from->kinds & KIND_BIT(kind)))
				continue;
			item = cJSON_CreateObject();
			cJSON_AddItemToObject(
				item, "path", json_path(from->path));
			cJSON_AddStringToObject(
				item, "kind", access_kind_name(kind));
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
	json_print(json);
}

/* One line a path and block, whoever did it on the test's behalf. */
static void answer_text(const struct dependencies *dependencies)
{
	for (size_t i = 0; i < dependencies->count;) {
		const struct dependency *from = &dependencies->list[i];
		uint32_t kinds = 0;

		for (; i < dependencies->count &&
			!strcmp(dependencies->list[i].path, from->path) &&
			!strcmp(dependencies->list[i].block, from->block);
			i++)
			if (dependencies->list[i].input || !inputs)
				kinds |= dependencies->list[i].kinds;
		if (!kinds)
			continue;
		printf("%-18s %s%s%s\n", kinds_text(kinds),
			variable_shown(from->path), *from->block ? "  " : "",
			from->block);
	}
}

static int answer(struct map *map, const char *text)
{
	struct query_units units = {0};
	struct dependencies dependencies = {0};
	const struct query_unit *unit;
	struct err err;
	int code = query_units(&units, map, &err);

	if (code < 0)
		return query_failed(&err);
	unit = explain_find_unit(&units, map->root, text);
	if (!unit) {
		note("no test '%s' in the map; 'ftrace status --json' lists "
		     "what it holds",
			text);
		query_units_release(&units);
		return EXIT_QUERY_FAILED;
	}
	code = explain_unit(&dependencies, map, unit->scope, &err);
	if (code < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			answer_json(unit, &dependencies);
		else
			answer_text(&dependencies);
		code = finish_output();
	}
	dependencies_release(&dependencies);
	query_units_release(&units);
	return code;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&verb_deps, argc, argv), code;
	struct map map;

	if (first + 1 != argc)
		usage_error(&verb_deps, "exactly one test is needed");
	code = open_map_of_units(&map, NULL);
	if (code)
		return code;
	code = answer(&map, argv[first]);
	map_close(&map);
	return code;
}

const struct verb verb_deps = {
	.name = "deps",
	.summary = "print what a test accessed, with the kinds of access",
	.usage = "TEST",
	.text = "Prints each path that the test accessed, itself or through "
		"the fixtures and\nmodules it uses, with the kinds of access: "
		"read, absent (looked for in vain),\nlist, exec, stat, link, "
		"write, rename, unlink; and the part of the file, where\nonly "
		"a part matters.",
	.options = options,
	.run = run,
};
