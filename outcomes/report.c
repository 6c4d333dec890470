/* SPDX-License-Identifier: MIT */
#include "outcomes/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "map/variable.h"

static int report_compare(const void *a, const void *b)
{
	const struct result *x = *(const struct result *const *)a;
	const struct result *y = *(const struct result *const *)b;
	int order = strcmp(x->runner, y->runner);

	if (!order)
		order = strcmp(x->id, y->id);
	return order ? order : strcmp(x->part, y->part);
}

const struct result **report_sorted(const struct report *report, size_t *count)
{
	const struct results *results = &report->results;
	const struct result **sorted =
		xcalloc(results->count + 1, sizeof(*sorted));

	*count = 0;
	for (size_t i = 0; i < results->count; i++)
		if (!results->list[i].gone)
			sorted[(*count)++] = &results->list[i];
	qsort(sorted, *count, sizeof(*sorted), report_compare);
	return sorted;
}

void report_count(struct report_totals *totals, const struct report *report)
{
	memset(totals, 0, sizeof(*totals));
	for (size_t i = 0; i < report->results.count; i++) {
		const struct result *result = &report->results.list[i];

		if (result->gone)
			continue;
		if (*result->part) {
			totals->cases++;
			continue;
		}
		totals->units++;
		totals->ran += result->ran;
		totals->states[result->state]++;
		if (!result->ran && result->duration > 0)
			totals->spared += result->duration;
	}
}

static double seconds(int64_t microseconds)
{
	return (double)microseconds / 1e6;
}

static void report_add_text(cJSON *object, const char *name, const char *text)
{
	if (text)
		cJSON_AddItemToObject(object, name, json_bytes(text));
}

static cJSON *of_result(const struct result *result)
{
	cJSON *object = cJSON_CreateObject(), *attempts;

	report_add_text(object, "runner", result->runner);
	report_add_text(object, "id", result->id);
	if (*result->part)
		report_add_text(object, "part", result->part);
	report_add_text(object, "state", unit_state_name(result->state));
	cJSON_AddBoolToObject(object, "selected", result->selected);
	cJSON_AddBoolToObject(object, "ran", result->ran);
	if (result->outcome)
		report_add_text(object, "outcome", result->outcome);
	else
		cJSON_AddNullToObject(object, "outcome");
	report_add_text(object, "before", result->before);
	if (result->duration >= 0)
		cJSON_AddNumberToObject(
			object, "duration", seconds(result->duration));
	report_add_text(object, "reason", result->reason);
	cJSON_AddBoolToObject(object, "changed", result->changed);
	cJSON_AddBoolToObject(object, "incomplete", result->incomplete);
	cJSON_AddBoolToObject(object, "flaky", result->flaky);
	if (!result->attempt_count)
		return object;
	attempts = cJSON_AddArrayToObject(object, "attempts");
	for (size_t i = 0; i < result->attempt_count; i++)
		cJSON_AddItemToArray(attempts, json_bytes(result->attempts[i]));
	return object;
}

/* How many of those that ran ended how: of units, or of their cases. */
static cJSON *outcomes(
	const struct result *const *sorted, size_t count, bool cases)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; i < count; i++) {
		const struct result *result = sorted[i];
		const char *name = result->outcome ? result->outcome : "lost";
		cJSON *number;

		if (!result->ran || !!*result->part != cases)
			continue;
		number = cJSON_GetObjectItemCaseSensitive(object, name);
		if (number)
			cJSON_SetNumberValue(number, number->valuedouble + 1);
		else
			cJSON_AddNumberToObject(object, name, 1);
	}
	return object;
}

static cJSON *of_totals(const struct report *report,
	const struct result *const *sorted, size_t count)
{
	cJSON *object = cJSON_CreateObject(), *states;
	struct report_totals totals;

	report_count(&totals, report);
	cJSON_AddNumberToObject(object, "units", (double)totals.units);
	cJSON_AddNumberToObject(object, "ran", (double)totals.ran);
	states = cJSON_AddObjectToObject(object, "states");
	for (int i = UNIT_HIT; i <= UNIT_RERUN; i++)
		cJSON_AddNumberToObject(
			states, unit_state_name(i), (double)totals.states[i]);
	cJSON_AddItemToObject(
		object, "outcomes", outcomes(sorted, count, false));
	cJSON_AddNumberToObject(object, "cases", (double)totals.cases);
	cJSON_AddItemToObject(
		object, "case_outcomes", outcomes(sorted, count, true));
	cJSON_AddNumberToObject(object, "spared", seconds(totals.spared));
	return object;
}

static int report_compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void report_add_changed(cJSON *json, const struct report *report)
{
	size_t count = report->changed_count;
	const char **paths = xcalloc(count + 1, sizeof(*paths));
	cJSON *array = cJSON_AddArrayToObject(json, "changed");

	for (size_t i = 0; i < count; i++)
		paths[i] = variable_shown(report->changed[i]);
	qsort(paths, count, sizeof(*paths), report_compare_texts);
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(array, json_bytes(paths[i]));
	free(paths);
}

char *report_text(const struct report *report)
{
	size_t count;
	const struct result **sorted = report_sorted(report, &count);
	cJSON *json = cJSON_CreateObject(), *array;
	char *text, *line;

	cJSON_AddNumberToObject(json, "version", REPORT_VERSION);
	report_add_text(json, "kind", REPORT_KIND);
	report_add_text(json, "ftrace", report->ftrace);
	report_add_text(json, "root", report->root);
	report_add_text(json, "mode", report->full ? "full" : "warm");
	array = cJSON_AddArrayToObject(json, "argv");
	for (char **argument = report->argv; *argument; argument++)
		cJSON_AddItemToArray(array, json_bytes(*argument));
	report_add_text(json, "directory", report->directory);
	cJSON_AddNumberToObject(json, "started", (double)report->started / 1e9);
	cJSON_AddNumberToObject(json, "duration", (double)report->lasted / 1e9);
	cJSON_AddNumberToObject(json, "status", report->status);
	report_add_changed(json, report);
	cJSON_AddItemToObject(json, "totals", of_totals(report, sorted, count));
	array = cJSON_AddArrayToObject(json, "units");
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(array, of_result(sorted[i]));
	text = cJSON_Print(json);
	line = xasprintf("%s\n", text);
	free(text);
	free(sorted);
	cJSON_Delete(json);
	return line;
}

void report_release(struct report *report)
{
	for (char **argument = report->argv; argument && *argument; argument++)
		free(*argument);
	for (size_t i = 0; i < report->changed_count; i++)
		free(report->changed[i]);
	free(report->changed);
	free(report->argv);
	free(report->ftrace);
	free(report->root);
	free(report->directory);
	results_release(&report->results);
	memset(report, 0, sizeof(*report));
}
