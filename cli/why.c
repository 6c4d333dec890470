/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/find_test.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/why_cost.h"
#include "map/project.h"
#include "map/variable.h"
#include "selector/affected.h"
#include "selector/changes.h"
#include "selector/explain.h"

static bool cost;

static const struct option_row options[] = {
	{0, "cost", OPTION_FLAG, &cost, 0,
		"what an edit of each part of the file would select"},
	QUERY_OPTIONS,
	{0},
};

static void print_heading(const char *id)
{
	printf("%s%s%s\n", colour(false, COLOUR_BOLD), id,
		colour(false, COLOUR_NONE));
}

static void print_chain(const struct chain *chain)
{
	for (size_t i = 1; i < chain->count; i++) {
		const struct chain_link *link = &chain->links[i];

		if (link->kind == SCOPE_RUN)
			printf("  uses what every test uses: the start of the "
			       "run\n");
		else if (link->kind == SCOPE_ENTERED)
			printf("  entered functions of %s\n", link->name);
		else if (link->kind == SCOPE_MEMO)
			printf("  can reach what %s keeps in memory\n",
				link->name);
		else if (link->kind == SCOPE_KEPT)
			printf("  can reach what is kept in memory as %s\n",
				link->name);
		else if (link->kind == SCOPE_ASKED)
			printf("  asks an object for %s\n", link->name);
		else if (link->kind == SCOPE_NAMES)
			printf("  lets installed packages read names of %s\n",
				link->name);
		else
			printf("  uses %s %s\n", scope_kind_name(link->kind),
				link->name);
	}
	printf("  which accessed %s%s%s (%s)\n", variable_shown(chain->path),
		chain->block ? ": " : "", chain->block ? chain->block : "",
		kinds_text(chain->kinds));
}

static cJSON *chain_json(const struct chain *chain)
{
	cJSON *item = cJSON_CreateObject();
	cJSON *links;

	cJSON_AddItemToObject(item, "id", json_bytes(chain->id));
	cJSON_AddStringToObject(item, "runner", chain->runner);
	cJSON_AddItemToObject(item, "path", json_path(chain->path));
	if (chain->block)
		cJSON_AddItemToObject(item, "block", json_bytes(chain->block));
	json_add_kinds(item, "kinds", chain->kinds);
	links = cJSON_AddArrayToObject(item, "chain");
	for (size_t i = 0; i < chain->count; i++) {
		cJSON *link = cJSON_CreateObject();

		cJSON_AddStringToObject(
			link, "kind", scope_kind_name(chain->links[i].kind));
		cJSON_AddItemToObject(
			link, "name", json_bytes(chain->links[i].name));
		cJSON_AddItemToArray(links, link);
	}
	return item;
}

/* Why a file matters, to all tests or to the one of this scope. */
static int why_file(
	struct map *map, const char *path, int64_t scope, struct err *err)
{
	struct chains chains;
	cJSON *json, *list;
	int code = explain_file(&chains, map, path, scope, false, err);

	if (code == 0 && common_json) {
		json = json_new();
		cJSON_AddItemToObject(json, "path", json_path(path));
		list = cJSON_AddArrayToObject(json, "chains");
		for (size_t i = 0; i < chains.count; i++)
			cJSON_AddItemToArray(list, chain_json(&chains.list[i]));
		json_print(json);
	} else if (code == 0) {
		for (size_t i = 0; i < chains.count; i++) {
			print_heading(chains.list[i].id);
			print_chain(&chains.list[i]);
		}
		note("%s on '%s'",
			counted(chains.count, "test depends", "tests depend"),
			variable_shown(path));
	}
	chains_release(&chains);
	return code;
}

static int print_reason(struct map *map, const struct query_unit *unit,
	const struct reason *reason, struct err *err)
{
	struct chains chains = {0};
	int code = 0;

	printf("%s%s%s: %s%s%s%s%s\n", colour(false, COLOUR_YELLOW),
		unit_state_name(reason->state), colour(false, COLOUR_NONE),
		reason->path ? variable_shown(reason->path) : "",
		reason->path ? " " : "", reason->what, reason->text ? ": " : "",
		reason->text ? reason->text : "");
	if (reason->by)
		printf("  since %s\n", reason->by);
	if (reason->state != UNIT_STALE || !reason->path)
		return 0;
	code = explain_file(&chains, map, reason->path, unit->scope, true, err);
	for (size_t i = 0; code == 0 && i < chains.count; i++)
		print_chain(&chains.list[i]);
	chains_release(&chains);
	return code;
}

static int why_json(struct map *map, const struct query_unit *unit,
	const struct affected_unit *selected, struct err *err)
{
	cJSON *json = json_new(), *reasons;
	int code = 0;

	cJSON_AddItemToObject(json, "id", json_bytes(unit->id));
	cJSON_AddStringToObject(json, "runner", unit->runner);
	cJSON_AddStringToObject(json, "state",
		unit_state_name(selected ? selected->state : UNIT_HIT));
	if (!selected && unit->recalled)
		cJSON_AddNumberToObject(
			json, "recalled", (double)unit->recalled / 1e9);
	reasons = cJSON_AddArrayToObject(json, "reasons");
	for (size_t i = 0; selected && code == 0 && i < selected->reason_count;
		i++) {
		const struct reason *reason = &selected->reasons[i];
		struct chains chains = {0};
		cJSON *item = cJSON_CreateObject(), *list;

		cJSON_AddItemToArray(reasons, item);
		cJSON_AddStringToObject(
			item, "state", unit_state_name(reason->state));
		cJSON_AddStringToObject(item, "what", reason->what);
		if (reason->text)
			cJSON_AddItemToObject(
				item, "text", json_bytes(reason->text));
		if (reason->by)
			cJSON_AddItemToObject(
				item, "by", json_bytes(reason->by));
		if (!reason->path)
			continue;
		cJSON_AddItemToObject(item, "path", json_path(reason->path));
		code = explain_file(
			&chains, map, reason->path, unit->scope, true, err);
		list = cJSON_AddArrayToObject(item, "chains");
		for (size_t k = 0; code == 0 && k < chains.count; k++)
			cJSON_AddItemToArray(list, chain_json(&chains.list[k]));
		chains_release(&chains);
	}
	json_print(json);
	return code;
}

static void print_hit(const struct query_unit *unit)
{
	time_t ran = (time_t)(unit->recalled / 1000000000);
	struct tm tm;
	char text[64] = "";

	if (unit->recalled && localtime_r(&ran, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	if (*text)
		printf("hit: all it depends on is again as it was until %s, "
		       "by a former result\n",
			text);
	else
		puts("hit: nothing it depends on has changed");
}

/* Why a test is selected now, or that it is not. */
static int why_unit(
	struct map *map, const struct query_unit *unit, struct err *err)
{
	const struct affected_unit *selected;
	struct affected affected;
	int code = affected_find(&affected, map, err);

	if (code < 0)
		return code;
	selected = affected_find_unit(&affected, unit->runner, unit->id);
	if (common_json) {
		code = why_json(map, unit, selected, err);
	} else {
		print_heading(unit->id);
		if (!selected)
			print_hit(unit);
		for (size_t i = 0;
			selected && code == 0 && i < selected->reason_count;
			i++)
			code = print_reason(
				map, unit, &selected->reasons[i], err);
	}
	affected_release(&affected);
	return code;
}

/* Whether the map knows the path; it is to be freed then. */
static bool why_is_known(
	char *path, struct map *map, int *code, struct err *err)
{
	int64_t *states = NULL;
	size_t count = 0;

	*code = query_file_states(&states, &count, map, path, false, err);
	free(states);
	return *code == 0 && count;
}

/*
 * The path that a name stands for, "$NAME" for a variable; to be freed. NULL
 * where the map knows none, or with a code of failure.
 */
static char *find_path(
	struct map *map, const char *text, int *code, struct err *err)
{
	char *path;

	*code = 0;
	if (*text == '$') {
		path = variable_path(text + 1, strlen(text + 1));
		if (why_is_known(path, map, code, err))
			return path;
		free(path);
	}
	if (*code < 0)
		return NULL;
	path = project_path(map->root, text);
	if (why_is_known(path, map, code, err))
		return path;
	free(path);
	return NULL;
}

static int why_finish(int code, const struct err *err)
{
	return code < 0 ? query_failed(err) : finish_output();
}

static int why_test_and_file(
	struct map *map, const struct query_units *units, char **argv)
{
	const struct query_unit *unit;
	struct err err;
	char *path;
	int code;

	unit = find_test(units, map->root, argv[0], &code);
	if (!unit)
		return code;
	path = find_path(map, argv[1], &code, &err);
	if (code < 0)
		return query_failed(&err);
	if (!path) {
		note("no test depends on a file or variable '%s'", argv[1]);
		return EXIT_QUERY_FAILED;
	}
	code = why_file(map, path, unit->scope, &err);
	free(path);
	return why_finish(code, &err);
}

/* A file counts before the tests whose names end like that. */
static int why_one(
	struct map *map, const struct query_units *units, const char *text)
{
	struct named named;
	const struct query_unit *unit;
	struct err err;
	char *path = NULL;
	int code = 0;

	named_find(&named, units, map->root, text, false);
	if (named.near || cost)
		path = find_path(map, text, &code, &err);
	if (named.near && !path && code == 0) {
		named_release(&named);
		named_find(&named, units, map->root, text, true);
	}
	unit = named_one(&named);
	if (path && cost)
		code = why_finish(why_cost(map, path, &err), &err);
	else if (path)
		code = why_finish(why_file(map, path, 0, &err), &err);
	else if (code < 0)
		code = query_failed(&err);
	else if (unit && cost)
		usage_error(&verb_why,
			"'%s' is a test, and --cost takes a file", text);
	else if (unit)
		code = why_finish(why_unit(map, unit, &err), &err);
	else
		code = find_test_failed(&named, "unit, file or variable", text);
	free(path);
	named_release(&named);
	return code;
}

static int why_run(int argc, char **argv)
{
	int first = options_parse(&verb_why, argc, argv), code;
	struct query_units units = {0};
	struct map map;
	struct err err;

	if (argc - first < 1 || argc - first > 2)
		usage_error(&verb_why, "a test, a file, or both are needed");
	if (cost && argc - first != 1)
		usage_error(&verb_why, "--cost takes one file");
	code = open_map_of_units(&map, NULL);
	if (code)
		return code;
	if (changes_recall_units(&map, &err) < 0 ||
		query_units(&units, &map, &err) < 0)
		code = query_failed(&err);
	else if (argc - first == 1)
		code = why_one(&map, &units, argv[first]);
	else
		code = why_test_and_file(&map, &units, argv + first);
	query_units_release(&units);
	map_close(&map);
	return code;
}

const struct verb verb_why = {
	.name = "why",
	.summary = "explain why a test is selected, or who depends on a file",
	.usage = "TEST | FILE | TEST FILE",
	.text = "With a test: whether it is selected now, which of its code "
		"notices the change, and\nthe chain that ties it to the "
		"change. With a file: every test that depends on it,\nand how; "
		"with --cost what the next edit of each part would select, the "
		"dearest\nfirst. With both: the chain between the two. '$NAME' "
		"is a variable of the\nenvironment.",
	.options = options,
	.run = why_run,
};
