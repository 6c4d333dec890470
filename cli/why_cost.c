/* SPDX-License-Identifier: MIT */
#include "cli/why_cost.h"

#include <stdio.h>
#include <string.h>

#include "cli/common.h"
#include "cli/output.h"
#include "selector/cost.h"

/* Wider lines of sources are cut. */
#define TEXT_MOST 72

static void print_cost(const struct cost *cost)
{
	size_t size = strlen(cost->text);

	printf("%6zu %9s  ", cost->units, duration_text(cost->duration));
	if (cost->line)
		printf("line %u: ", (unsigned)cost->line);
	if (!cost->line)
		fputs("all of the file", stdout);
	else if (cost->is_function)
		printf("function %s", cost->text);
	else
		printf("%.*s%s", (int)(size > TEXT_MOST ? TEXT_MOST : size),
			cost->text, size > TEXT_MOST ? "..." : "");
	putchar('\n');
	if (cost->reason)
		printf("%18sas a whole: %s\n", "", cost->reason);
	if (cost->decisive)
		printf("%18san edit may change which tests there are\n", "");
}

static cJSON *cost_json(const struct cost *cost)
{
	cJSON *item = cJSON_CreateObject();

	if (cost->line)
		cJSON_AddNumberToObject(item, "line", cost->line);
	if (cost->line)
		cJSON_AddItemToObject(item,
			cost->is_function ? "function" : "text",
			json_bytes(cost->text));
	cJSON_AddNumberToObject(item, "units", (double)cost->units);
	cJSON_AddNumberToObject(item, "duration_us", (double)cost->duration);
	if (cost->decisive)
		cJSON_AddTrueToObject(item, "decisive");
	if (cost->reason)
		cJSON_AddItemToObject(item, "reason", json_bytes(cost->reason));
	return item;
}

static void why_cost_print_json(const char *path, const struct costs *costs)
{
	cJSON *json = json_new(), *list;

	cJSON_AddItemToObject(json, "path", json_path(path));
	cJSON_AddNumberToObject(json, "units", (double)costs->units);
	cJSON_AddNumberToObject(json, "free", (double)costs->free);
	list = cJSON_AddArrayToObject(json, "costs");
	for (size_t i = 0; i < costs->count; i++)
		cJSON_AddItemToArray(list, cost_json(&costs->list[i]));
	json_print(json);
}

int why_cost(struct map *map, const char *path, struct err *err)
{
	struct costs costs;
	int code = costs_find(&costs, map, path, err);

	if (code == 0 && common_json) {
		why_cost_print_json(path, &costs);
	} else if (code == 0) {
		for (size_t i = 0; i < costs.count; i++)
			print_cost(&costs.list[i]);
		if (costs.problem)
			note("'%s' cannot be taken apart: %s", path,
				costs.problem);
		note("%s of '%s' can be edited without selecting any of the %s",
			counted(costs.free, "part", "parts"), path,
			counted(costs.units, "test", "tests"));
	}
	costs_release(&costs);
	return code;
}
