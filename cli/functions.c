/* SPDX-License-Identifier: MIT */
#include "cli/functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/output.h"

/* A hundred per cent is a billion: seven decimals, and none of them lost. */
#define BILLIONTHS_PER_CENT 10000000u

char *function_text(const struct project_here *here,
	const struct changed_function *function)
{
	char *path = project_show(here, function->path);
	char *text = xasprintf(
		"%s:%u: %s", path, (unsigned)function->line, function->name);

	free(path);
	return text;
}

void note_unknown(
	const struct project_here *here, const struct functions *functions)
{
	for (size_t i = 0; i < functions->unknown_count; i++) {
		const struct unknown_source *unknown = &functions->unknown[i];
		char *path = project_show(here, unknown->path);

		note("%s: its functions are not known: %s", path,
			unknown->text);
		free(path);
	}
}

void json_add_functions(
	cJSON *json, const struct functions *functions, bool all)
{
	cJSON *list = cJSON_AddArrayToObject(json, "functions");

	for (size_t i = 0; i < functions->count; i++) {
		const struct changed_function *function = &functions->list[i];
		cJSON *item;

		if (!all && function->reached)
			continue;
		item = cJSON_CreateObject();
		cJSON_AddItemToObject(item, "path", json_bytes(function->path));
		cJSON_AddNumberToObject(item, "line", function->line);
		cJSON_AddItemToObject(item, "name", json_bytes(function->name));
		cJSON_AddStringToObject(
			item, "what", function->fresh ? "new" : "modified");
		cJSON_AddBoolToObject(item, "reached", function->reached);
		if (function->whole)
			cJSON_AddTrueToObject(item, "whole");
		cJSON_AddItemToArray(list, item);
	}
	list = cJSON_AddArrayToObject(json, "unknown");
	for (size_t i = 0; i < functions->unknown_count; i++) {
		const struct unknown_source *unknown = &functions->unknown[i];
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToObject(item, "path", json_bytes(unknown->path));
		cJSON_AddItemToObject(item, "text", json_bytes(unknown->text));
		cJSON_AddItemToArray(list, item);
	}
}

/* Digits, and perhaps a point and more of them; at most 100. */
static bool parse_percentage(const char *text, uint64_t *billionths)
{
	uint64_t value = 0, unit = BILLIONTHS_PER_CENT;
	const char *at = text;

	for (; *at >= '0' && *at <= '9' && value <= 100; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	*billionths = value * unit;
	if (at == text || value > 100)
		return false;
	if (*at == '.') {
		if (!at[1])
			return false;
		for (at++; *at >= '0' && *at <= '9'; at++) {
			unit /= 10;
			*billionths += (uint64_t)(*at - '0') * unit;
		}
	}
	return !*at && *billionths <= 100 * (uint64_t)BILLIONTHS_PER_CENT;
}

static void print_list(const struct functions *functions,
	const struct project_here *here, bool zero)
{
	for (size_t i = 0; i < functions->count; i++) {
		char *text;

		if (functions->list[i].reached)
			continue;
		text = function_text(here, &functions->list[i]);
		print_item(text, zero);
		free(text);
	}
}

/* Rounded down: what is short of the threshold must not look like it. */
static void note_figures(
	const struct functions *functions, const char *required)
{
	size_t all = functions->count + functions->unknown_count;
	size_t tenths = all ? functions->reached * 1000 / all : 1000;
	char unknown[96] = "";

	if (functions->unknown_count)
		snprintf(unknown, sizeof(unknown), " and %s not known",
			counted(functions->unknown_count, "file", "files"));
	note("recorded tests enter %zu of %s%s: %zu.%zu %%%s%s%s",
		functions->reached,
		counted(functions->count, "changed function",
			"changed functions"),
		unknown, tenths / 10, tenths % 10, required ? ", and " : "",
		required ? required : "", required ? " % are required" : "");
}

static void note_whole(const struct functions *functions)
{
	size_t count = 0;

	for (size_t i = 0; i < functions->count; i++)
		count += functions->list[i].whole;
	if (count)
		note("%s of these may be entered all the same: a test read "
		     "the whole file",
			counted(count, "function", "functions"));
}

static void cli_functions_answer_json(const struct functions *functions,
	const struct untested *asked, bool enough)
{
	cJSON *json = json_new();

	json_add_functions(json, functions, false);
	cJSON_AddNumberToObject(json, "changed", (double)functions->count);
	cJSON_AddNumberToObject(json, "reached", (double)functions->reached);
	if (asked->required)
		cJSON_AddBoolToObject(json, "enough", enough);
	json_print(json);
}

static int cli_functions_answer(const struct functions *functions,
	struct map *map, const struct untested *asked, uint64_t billionths)
{
	bool enough = functions_suffice(functions, billionths);
	struct project_here here;
	int code;

	project_here(&here, map->root);
	if (common_json)
		cli_functions_answer_json(functions, asked, enough);
	else if (asked->list)
		print_list(functions, &here, asked->zero);
	if (!common_json)
		note_unknown(&here, functions);
	if (!common_json && !asked->quiet)
		note_whole(functions);
	if (asked->required ? !enough || !asked->quiet
			    : !asked->quiet && !common_json)
		note_figures(functions, asked->required);
	code = finish_output();
	if (code == 0 && !enough)
		code = 1;
	if (code == 0 && asked->exit_code &&
		functions->reached < functions->count)
		code = 1;
	return code;
}

int functions_answer(const struct verb *verb, const struct untested *asked)
{
	struct functions functions = {0};
	struct changes changes = {0};
	uint64_t billionths = 0;
	struct map map;
	struct err err;
	int code;

	if (asked->required && !parse_percentage(asked->required, &billionths))
		usage_error(verb,
			"--require-reached is a percentage from 0 to 100, not "
			"'%s'",
			asked->required);
	code = open_map_of_units(&map, NULL);
	if (code)
		return code;
	code = changes_find(&changes, &map, &err);
	if (code == 0)
		code = functions_find(
			&functions, &changes, &map, asked->since, &err);
	code = code < 0 ? query_failed(&err)
			: cli_functions_answer(
				  &functions, &map, asked, billionths);
	functions_release(&functions);
	changes_release(&changes);
	map_close(&map);
	return code;
}
