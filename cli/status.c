/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "map/alloc.h"
#include "map/query.h"

static const struct option_row options[] = {
	QUERY_OPTIONS,
	{0},
};

struct answer {
	struct query_totals totals;
	struct query_units units;
	size_t incomplete;
	long long bytes;
};

static void json_add_unit(cJSON *units, const struct query_unit *unit)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddItemToObject(item, "id", json_bytes(unit->id));
	cJSON_AddStringToObject(item, "runner", unit->runner);
	if (unit->outcome)
		cJSON_AddStringToObject(item, "outcome", unit->outcome);
	else
		cJSON_AddNullToObject(item, "outcome");
	if (unit->duration >= 0)
		cJSON_AddNumberToObject(
			item, "duration_us", (double)unit->duration);
	cJSON_AddItemToArray(units, item);
}

static void answer_json(const struct map *map, const struct answer *answer)
{
	const struct query_totals *totals = &answer->totals;
	cJSON *json = json_new();
	cJSON *counts, *units;

	cJSON_AddItemToObject(json, "root", json_bytes(map->root));
	counts = cJSON_AddObjectToObject(json, "counts");
	cJSON_AddNumberToObject(counts, "units", (double)totals->units);
	cJSON_AddNumberToObject(
		counts, "incomplete", (double)answer->incomplete);
	cJSON_AddNumberToObject(counts, "scopes", (double)totals->scopes);
	cJSON_AddNumberToObject(counts, "files", (double)totals->files);
	cJSON_AddNumberToObject(counts, "states", (double)totals->states);
	cJSON_AddNumberToObject(counts, "reads", (double)totals->reads);
	cJSON_AddNumberToObject(counts, "uses", (double)totals->uses);
	cJSON_AddNumberToObject(counts, "makes", (double)totals->makes);
	cJSON_AddNumberToObject(counts, "sessions", (double)totals->sessions);
	cJSON_AddNumberToObject(json, "bytes", (double)answer->bytes);
	if (totals->last_command) {
		cJSON *last = cJSON_AddObjectToObject(json, "last");

		cJSON_AddItemToObject(
			last, "command", json_bytes(totals->last_command));
		cJSON_AddNumberToObject(
			last, "started", (double)totals->last_started / 1e9);
	}
	units = cJSON_AddArrayToObject(json, "units");
	for (size_t i = 0; i < answer->units.count; i++)
		json_add_unit(units, &answer->units.units[i]);
	json_print(json);
}

static size_t count_outcome(
	const struct query_units *units, const char *outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < units->count; i++)
		n += units->units[i].outcome &&
		     !strcmp(units->units[i].outcome, outcome);
	return n;
}

static void print_outcomes(const struct query_units *units)
{
	static const char *const outcomes[] = {
		"passed", "failed", "error", "skipped", "xfailed", "xpassed"};
	size_t told = 0, n;

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++) {
		n = count_outcome(units, outcomes[i]);
		if (n)
			printf("%s%zu %s", told ? ", " : " (", n, outcomes[i]);
		told += n;
	}
	if (told < units->count)
		printf("%s%zu not run", told ? ", " : " (",
			units->count - told);
	puts(units->count ? ")" : "");
}

static void answer_text(const struct map *map, const struct answer *answer)
{
	const struct query_totals *totals = &answer->totals;
	time_t when = (time_t)(totals->last_started / 1000000000);
	char date[64] = "";
	struct tm tm;

	if (localtime_r(&when, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	printf("project   %s\n", map->root);
	printf("units     %lld", (long long)totals->units);
	print_outcomes(&answer->units);
	if (!totals->units)
		puts("          so there is no answer to what is affected");
	if (answer->incomplete)
		printf("          %s incomplete, always selected\n",
			counted(answer->incomplete, "scope is", "scopes are"));
	printf("files     %lld in %lld states\n", (long long)totals->files,
		(long long)totals->states);
	printf("edges     %lld reads, %lld uses, %lld makes\n",
		(long long)totals->reads, (long long)totals->uses,
		(long long)totals->makes);
	printf("map       %lld bytes\n", answer->bytes);
	if (totals->last_command)
		printf("last run  %s, %s\n", date, totals->last_command);
}

static int gather(struct answer *answer, struct map *map, struct err *err)
{
	char *path = xasprintf("%s/" MAP_PATH, map->root);
	int64_t *scopes = NULL;
	struct stat st;
	int code;

	if (stat(path, &st) == 0)
		answer->bytes = st.st_size;
	free(path);
	code = query_totals(&answer->totals, map, err);
	if (code == 0)
		code = query_units(&answer->units, map, err);
	if (code == 0)
		code = query_incomplete(&scopes, &answer->incomplete, map, err);
	free(scopes);
	return code;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&verb_status, argc, argv), code;
	struct answer answer = {0};
	struct map map;
	struct err err;

	if (first < argc)
		usage_error(
			&verb_status, "unexpected argument '%s'", argv[first]);
	code = open_map(&map);
	if (code)
		return code;
	if (gather(&answer, &map, &err) < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			answer_json(&map, &answer);
		else
			answer_text(&map, &answer);
		code = finish_output();
	}
	query_totals_release(&answer.totals);
	query_units_release(&answer.units);
	map_close(&map);
	return code;
}

const struct verb verb_status = {
	.name = "status",
	.summary = "print what the map holds",
	.usage = "",
	.text = "Prints how many units, files and edges the map holds, and "
		"when it was recorded.\nWith --json also every unit with its "
		"outcome and duration.",
	.options = options,
	.run = run,
};
