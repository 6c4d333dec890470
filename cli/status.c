/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "map/files.h"
#include "map/former.h"
#include "outcomes/results.h"
#include "selector/ignored.h"
#include "selector/incomplete.h"

/* Units of a kind that are named where not all are asked for. */
#define NAMED_MOST 10

static bool all;

static const struct option_row options[] = {
	{'a', "all", OPTION_FLAG, &all, 0,
		"name every failing and incomplete test"},
	QUERY_OPTIONS,
	{0},
};

struct answer {
	struct query_totals totals;
	struct query_units units;
	size_t incomplete;     /* scopes */
	char **incomplete_why; /* for each of the units, or NULL */
	struct ignored ignored;
	size_t *ignored_files; /* recorded ones, for each glob of the project */
	long long bytes;
	struct former_totals former;
};

static bool is_failing(const struct query_unit *unit)
{
	return unit->outcome && outcome_is_failure(unit->outcome);
}

static void json_add_unit(
	cJSON *units, const struct query_unit *unit, const char *incomplete)
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
	if (incomplete)
		cJSON_AddItemToObject(
			item, "incomplete", json_bytes(incomplete));
	cJSON_AddItemToArray(units, item);
}

static size_t count_failing(const struct answer *answer)
{
	size_t n = 0;

	for (size_t i = 0; i < answer->units.count; i++)
		n += is_failing(&answer->units.units[i]);
	return n;
}

static size_t count_incomplete(const struct answer *answer)
{
	size_t n = 0;

	for (size_t i = 0; i < answer->units.count; i++)
		n += answer->incomplete_why[i] != NULL;
	return n;
}

static void json_add_ignored(cJSON *json, const struct answer *answer)
{
	const struct config_texts *globs = &answer->ignored.config.ignore;
	cJSON *list = cJSON_AddArrayToObject(json, "ignored");

	for (size_t i = 0; i < globs->count; i++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddItemToObject(
			item, "glob", json_bytes(globs->items[i]));
		cJSON_AddNumberToObject(
			item, "files", (double)answer->ignored_files[i]);
		cJSON_AddItemToArray(list, item);
	}
}

static const char *const ages[] = {"hour", "day", "week", "longer"};

static void json_add_former(cJSON *json, const struct former_totals *former)
{
	cJSON *item = cJSON_AddObjectToObject(json, "former");
	cJSON *recalled;

	cJSON_AddNumberToObject(item, "results", (double)former->results);
	cJSON_AddNumberToObject(item, "units", (double)former->units);
	cJSON_AddNumberToObject(item, "bytes", (double)former->bytes);
	if (former->oldest)
		cJSON_AddNumberToObject(
			item, "oldest", (double)former->oldest / 1e9);
	cJSON_AddNumberToObject(item, "evicted", (double)former->evicted);
	recalled = cJSON_AddObjectToObject(item, "recalled");
	for (size_t i = 0; i < 4; i++)
		cJSON_AddNumberToObject(
			recalled, ages[i], (double)former->recalled[i]);
}

static void print_former(const struct former_totals *former)
{
	int64_t recalled = 0;

	for (size_t i = 0; i < 4; i++)
		recalled += former->recalled[i];
	if (!former->results && !recalled && !former->evicted)
		return;
	printf("former    %s of %s in %lld bytes, %lld evicted\n",
		counted((size_t)former->results, "result", "results"),
		counted((size_t)former->units, "unit", "units"),
		(long long)former->bytes, (long long)former->evicted);
	if (recalled)
		printf("          %lld were hits: %lld after an hour at most, "
		       "%lld after a day, %lld after a week, %lld later\n",
			(long long)recalled, (long long)former->recalled[0],
			(long long)former->recalled[1],
			(long long)former->recalled[2],
			(long long)former->recalled[3]);
}

static void status_answer_json(
	const struct map *map, const struct answer *answer)
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
	cJSON_AddNumberToObject(
		counts, "failing_units", (double)count_failing(answer));
	cJSON_AddNumberToObject(
		counts, "incomplete_units", (double)count_incomplete(answer));
	cJSON_AddNumberToObject(json, "bytes", (double)answer->bytes);
	json_add_former(json, &answer->former);
	if (totals->last_command) {
		cJSON *last = cJSON_AddObjectToObject(json, "last");

		cJSON_AddItemToObject(
			last, "command", json_bytes(totals->last_command));
		cJSON_AddNumberToObject(
			last, "started", (double)totals->last_started / 1e9);
	}
	json_add_ignored(json, answer);
	units = cJSON_AddArrayToObject(json, "units");
	for (size_t i = 0; i < answer->units.count; i++)
		json_add_unit(units, &answer->units.units[i],
			answer->incomplete_why[i]);
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

static void print_failing(const struct answer *answer)
{
	size_t count = count_failing(answer), named = 0;

	if (!count)
		return;
	printf("failing   %s, always selected\n",
		counted(count, "unit", "units"));
	for (size_t i = 0; i < answer->units.count; i++) {
		const struct query_unit *unit = &answer->units.units[i];

		if (is_failing(unit) && (all || named++ < NAMED_MOST))
			printf("          %s\n", unit->id);
	}
	if (!all && count > NAMED_MOST)
		printf("          and %zu more: --all\n", count - NAMED_MOST);
}

static void print_incomplete(const struct answer *answer)
{
	size_t count = count_incomplete(answer), named = 0;

	if (!count)
		return;
	printf("unseen    %s incomplete (not everything was seen), always "
	       "selected\n",
		counted(count, "unit is", "units are"));
	for (size_t i = 0; i < answer->units.count; i++) {
		const char *why = answer->incomplete_why[i];

		if (why && (all || named++ < NAMED_MOST))
			printf("          %s: %s\n", answer->units.units[i].id,
				why);
	}
	if (!all && count > NAMED_MOST)
		printf("          and %zu more: --all\n", count - NAMED_MOST);
}

static void print_ignored(const struct answer *answer)
{
	const struct config_texts *globs = &answer->ignored.config.ignore;

	for (size_t i = 0; i < globs->count; i++)
		printf("%-10s%s: %s, unless git tracks them\n",
			i ? "" : "ignored", globs->items[i],
			counted(answer->ignored_files[i], "recorded file",
				"recorded files"));
}

static void status_answer_text(
	const struct map *map, const struct answer *answer)
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
		puts("          so nothing can be selected; record with "
		     "'ftrace run -- COMMAND'");
	printf("files     %lld in %lld states\n", (long long)totals->files,
		(long long)totals->states);
	printf("edges     %lld reads, %lld uses, %lld makes\n",
		(long long)totals->reads, (long long)totals->uses,
		(long long)totals->makes);
	printf("map       %lld bytes\n", answer->bytes);
	print_former(&answer->former);
	if (totals->last_command)
		printf("last run  %s, %s\n", date, totals->last_command);
	print_ignored(answer);
	print_failing(answer);
	print_incomplete(answer);
}

/* How many files of the map each glob of ftrace.json has. */
static int count_ignored(
	struct answer *answer, struct map *map, struct err *err)
{
	const struct config_texts *globs = &answer->ignored.config.ignore;
	struct map_files files = {0};
	int code = globs->count ? map_files_load(&files, map, err) : 0;

	answer->ignored_files =
		xcalloc(globs->count, sizeof(*answer->ignored_files));
	for (uint32_t i = 0; code == 0 && i < files.count; i++)
		for (size_t k = 0; k < globs->count; k++)
			answer->ignored_files[k] +=
				files.files[i].state != FILE_NONE &&
				ignored_matches(globs->items[k],
					map_files_path(&files, i));
	map_files_release(&files);
	return code;
}

static int status_gather(
	struct answer *answer, struct map *map, struct err *err)
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
	if (code == 0)
		code = former_totals(&answer->former, map, err);
	if (code == 0)
		code = incomplete_find(
			&answer->incomplete_why, map, &answer->units, err);
	ignored_init(&answer->ignored, map->root);
	if (code == 0)
		code = count_ignored(answer, map, err);
	free(scopes);
	return code;
}

static int status_run(int argc, char **argv)
{
	int first = options_parse(&verb_status, argc, argv), code;
	struct answer answer = {0};
	struct map map;
	struct err err;

	if (first < argc)
		help_unexpected(&verb_status, argv + first);
	code = open_map(&map);
	if (code)
		return code;
	if (status_gather(&answer, &map, &err) < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			status_answer_json(&map, &answer);
		else
			status_answer_text(&map, &answer);
		code = finish_output();
	}
	query_totals_release(&answer.totals);
	incomplete_release(answer.incomplete_why, &answer.units);
	ignored_release(&answer.ignored);
	free(answer.ignored_files);
	query_units_release(&answer.units);
	map_close(&map);
	return code;
}

const struct verb verb_status = {
	.name = "status",
	.summary = "print what the map holds",
	.usage = "",
	.text = "Prints how many units, files and edges the map holds, and "
		"when it was recorded.\nNames the failing units, and the "
		"incomplete ones with the reason: not everything\nthat they "
		"depend on was seen. With --json also every unit with its "
		"outcome and\nduration.",
	.options = options,
	.run = status_run,
};
