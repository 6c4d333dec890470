/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/changed_set.h"
#include "cli/common.h"
#include "cli/functions.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/verbs.h"
#include "map/project.h"
#include "selector/affected.h"

static bool zero, quiet, tests, exit_code, untested, staged;
static const char *runner, *since, *required;

static const struct option_row options[] = {
	{'0', "null", OPTION_FLAG, &zero, 0,
		"end each item with a NUL, for xargs -0"},
	{0, "tests", OPTION_FLAG, &tests, 0,
		"every recorded test by its own id, no whole files"},
	{0, "runner", OPTION_TEXT, &runner, "RUNNER",
		"only this runner's units"},
	{0, "exit-code", OPTION_FLAG, &exit_code, 0,
		"end with 1 when anything is affected"},
	{0, "untested", OPTION_FLAG, &untested, 0,
		"the changed functions that no recorded test enters"},
	{0, "since", OPTION_TEXT, &since, "REV",
		"by what differs from git's revision"},
	{0, "staged", OPTION_FLAG, &staged, 0,
		"by what is staged for git's next commit"},
	{0, "require-reached", OPTION_TEXT, &required, "PCT",
		"end with 1 when tests enter fewer per cent"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary on stderr"},
	QUERY_OPTIONS,
	{0},
};

static void add_reasons(cJSON *object, const struct affected_unit *unit)
{
	cJSON *reasons = cJSON_AddArrayToObject(object, "reasons");

	for (size_t i = 0; i < unit->reason_count; i++) {
		const struct reason *reason = &unit->reasons[i];
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(
			item, "state", unit_state_name(reason->state));
		cJSON_AddStringToObject(item, "what", reason->what);
		if (reason->path)
			cJSON_AddItemToObject(
				item, "path", json_path(reason->path));
		if (reason->text)
			cJSON_AddItemToObject(
				item, "text", json_bytes(reason->text));
		if (reason->by)
			cJSON_AddItemToObject(
				item, "by", json_bytes(reason->by));
		cJSON_AddItemToArray(reasons, item);
	}
}

static void cli_affected_answer_json(const struct affected *affected,
	const struct arguments *arguments, const struct map_places *places)
{
	cJSON *json = json_new();
	cJSON *units = cJSON_AddArrayToObject(json, "units");
	cJSON *select = cJSON_AddArrayToObject(json, "select");

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];
		cJSON *item;

		if (runner && strcmp(runner, unit->runner) != 0)
			continue;
		item = cJSON_CreateObject();
		cJSON_AddItemToObject(item, "id", json_bytes(unit->id));
		cJSON_AddStringToObject(item, "runner", unit->runner);
		cJSON_AddStringToObject(
			item, "state", unit_state_name(unit->state));
		cJSON_AddBoolToObject(item, "file", unit->file);
		cJSON_AddBoolToObject(item, "gone", unit->gone);
		add_reasons(item, unit);
		cJSON_AddItemToArray(units, item);
	}
	for (size_t i = 0; i < arguments->count; i++)
		cJSON_AddItemToArray(select, json_bytes(arguments->list[i]));
	cJSON_AddNumberToObject(json, "recorded", (double)affected->recorded);
	cJSON_AddNumberToObject(json, "spared_us", (double)affected->spared);
	if (affected->count)
		places_tell_json(places, json);
	json_print(json);
}

/* They are in the map, and no runner of tests takes them. */
static void tell_commands(const struct affected *affected)
{
	const struct affected_unit *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (affected_is_answer(affected, unit->runner, unit->id) ||
			unit_is_check(unit->runner, unit->id))
			continue;
		first = first ? first : unit;
		count++;
	}
	if (count)
		note("%s not printed, because %s ('%s'%s); '--runner command' "
		     "prints %s",
			counted(count, "affected command is",
				"affected commands are"),
			count > 1 ? "they are no tests" : "it is no test",
			first->id, count > 1 ? ", ..." : "",
			count > 1 ? "them" : "it");
}

static void cli_affected_summarise(const struct affected *affected)
{
	size_t selected = 0, fresh = 0, gone = 0;
	size_t variables = affected->variables;
	size_t files = affected->changed - variables;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (!affected_is_answer(affected, unit->runner, unit->id))
			continue;
		gone += unit->gone;
		fresh += unit->file;
		selected += !unit->file;
	}
	if (affected->config_problem)
		note("%s", affected->config_problem);
	if (affected->flaky_problem)
		note("%s", affected->flaky_problem);
	if (affected->problem)
		note("cannot tell what changed inside a file, so it counts as "
		     "a whole: %s",
			affected->problem);
	if (gone)
		note("%s gone; the next run forgets them",
			counted(gone, "recorded test is",
				"recorded tests are"));
	note("%s%s%s changed; %zu of %s affected%s, %s spared",
		files || !variables ? counted(files, "file", "files") : "",
		files && variables ? " and " : "",
		variables ? counted(variables, "variable", "variables") : "",
		selected - gone, counted(affected->recorded, "test", "tests"),
		new_text(fresh), duration_text(affected->spared));
	if (!runner)
		tell_commands(affected);
}

/* The question is about functions, and what is for tests has no say in it. */
static int run_untested(void)
{
	const struct untested asked = {.list = untested,
		.since = since,
		.required = required,
		.zero = zero,
		.quiet = quiet,
		.exit_code = exit_code};

	if (staged)
		usage_error(&verb_affected, "'--staged' is about tests");
	if (tests || runner)
		usage_error(&verb_affected,
			"'--%s' asks about tests and '--%s' about functions; "
			"they cannot be combined",
			tests ? "tests" : "runner",
			untested ? "untested" : "require-reached");
	return functions_answer(&verb_affected, &asked);
}

static int cli_affected_run(int argc, char **argv)
{
	int first = options_parse(&verb_affected, argc, argv);
	struct affected affected;
	struct git_set set = {0};
	struct arguments arguments;
	struct project_here here;
	struct map map;
	struct err err;
	int code;

	if (first < argc)
		help_unexpected(&verb_affected, argv + first);
	if (untested || required)
		return run_untested();
	code = open_map_of_units(&map, runner);
	if (code)
		return code;
	code = changed_set_find(&set, map.root,
		&(struct git_asked){since, staged}, &verb_affected, &err);
	if (code == 0)
		code = affected_find_in(
			&affected, &map, since || staged ? &set : NULL, &err);
	git_set_release(&set);
	if (code < 0) {
		map_close(&map);
		return query_failed(&err);
	}
	if (!affected.recorded && !runner) {
		code = no_answer_without(&map, "test, but for checks");
		affected_release(&affected);
		map_close(&map);
		return code;
	}
	project_here(&here, map.root);
	affected_arguments(&affected, runner, tests, common_json ? NULL : &here,
		NULL, &arguments);
	if (common_json) {
		cli_affected_answer_json(&affected, &arguments, &map.places);
	} else {
		for (size_t i = 0; i < arguments.count; i++)
			print_item(arguments.list[i], zero);
		if (!quiet && affected.count)
			places_tell(&map.places);
		if (!quiet)
			cli_affected_summarise(&affected);
	}
	code = finish_output();
	if (code == 0 && exit_code && arguments.count)
		code = 1;
	arguments_release(&arguments);
	affected_release(&affected);
	map_close(&map);
	return code;
}

const struct verb verb_affected = {
	.name = "affected",
	.summary = "print the tests that your edits can affect",
	.usage = "",
	.text = "Prints the tests that may behave differently now, one a line, "
		"as the runner\ntakes them: an id, or a whole file where the "
		"file's own tests may have\nchanged or the file is new. "
		"Nothing affected prints nothing: never start a\nrunner for "
		"that, it would run everything. Failed, incomplete and never "
		"run\ntests are printed until they pass.\n\n"
		"    ftrace affected -0 | xargs -0r pytest\n\n"
		"With --untested or --require-reached it answers another "
		"question: which changed\nPython functions no recorded test "
		"enters.",
	.options = options,
	.run = cli_affected_run,
};
