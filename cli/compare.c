/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/escaping.h"
#include "cli/output.h"
#include "cli/store.h"
#include "cli/test_learn.h"
#include "cli/verbs.h"
#include "map/project.h"
#include "map/variable.h"
#include "outcomes/report.h"
#include "tracer/spawn.h"

static bool no_rerun;

static const struct option_row options[] = {
	{0, "no-rerun", OPTION_FLAG, &no_rerun, 0,
		"run nothing; all that failed unselected has escaped"},
	QUERY_OPTIONS,
	{0},
};

/* One invocation. */
struct comparison {
	struct report warm, full;
	struct testing testing;
	struct escaping escaping;
	char **paths; /* what had changed, as stored */
	/* Of testing.results: what failed and was not selected. */
	size_t *candidates, candidate_count, candidate_room;
	size_t both; /* failed in both */
};

static int compare_read_one(struct report *report, const char *path, bool full)
{
	struct err err;

	if (report_read(report, path, &err) < 0)
		return query_failed(&err);
	if (report->full == full)
		return 0;
	note("'%s' is the report of a %s run; give the report of 'ftrace test' "
	     "first, then that of 'ftrace test --full'",
		path, report->full ? "full" : "warm");
	return EXIT_QUERY_FAILED;
}

/* Reports of two projects have no unit in common. */
static bool is_same_project(struct comparison *comparison)
{
	const struct results *full = &comparison->full.results;
	struct results *warm = &comparison->warm.results;

	for (size_t i = 0; i < full->count; i++)
		if (results_find(
			    warm, full->list[i].runner, full->list[i].id, ""))
			return true;
	return !full->count || !warm->count;
}

/* The runner is the one whose units the report has. */
static const struct adapter *adapter_of(const struct report *report)
{
	const struct adapter *adapter = adapter_for_command(report->argv);

	for (size_t i = 0; adapter && i < report->results.count; i++)
		if (!strcmp(report->results.list[i].runner, adapter->name))
			return adapter;
	return NULL;
}

/* For what is learnt, the warm run is what was before. */
static void compare_take(struct comparison *comparison,
	const struct result *warm, const struct result *full)
{
	struct results *results = &comparison->testing.results;

	results_end(results,
		&(struct result){.runner = full->runner,
			.id = full->id,
			.part = full->part,
			.before = warm && warm->ran ? warm->outcome : NULL,
			.outcome = full->outcome,
			.duration = full->duration});
}

static void compare_sort_out(struct comparison *comparison)
{
	const struct results *full = &comparison->full.results;

	for (size_t i = 0; i < full->count; i++) {
		const struct result *ended = &full->list[i], *warm;
		bool failed, warm_failed;

		if (!ended->ran || *ended->part)
			continue;
		warm = results_find(&comparison->warm.results, ended->runner,
			ended->id, "");
		failed = outcome_is_failure(ended->outcome);
		warm_failed =
			warm && warm->ran && outcome_is_failure(warm->outcome);
		if (failed && (!warm || !warm->ran))
			*(size_t *)array_add(&comparison->candidates,
				&comparison->candidate_count,
				&comparison->candidate_room,
				sizeof(*comparison->candidates)) =
				comparison->testing.results.count;
		if (failed != warm_failed)
			compare_take(comparison, warm, ended);
		else
			comparison->both += failed && warm_failed;
	}
}

/* A report has paths as people see them. */
static void restore_paths(struct comparison *comparison)
{
	const struct report *warm = &comparison->warm;

	comparison->paths =
		xcalloc(warm->changed_count + 1, sizeof(*comparison->paths));
	for (size_t i = 0; i < warm->changed_count; i++)
		comparison->paths[i] = variable_stored(warm->changed[i]);
}

static int compare_examine(struct comparison *comparison)
{
	struct testing *testing = &comparison->testing;
	size_t count = comparison->candidate_count;
	struct result **candidates = xcalloc(count + 1, sizeof(*candidates));
	int code;

	escaping_begin(&comparison->escaping, testing->root, comparison->paths,
		comparison->warm.changed_count);
	comparison->escaping.since = comparison->full.started;
	for (size_t i = 0; i < count; i++)
		candidates[i] =
			&testing->results.list[comparison->candidates[i]];
	code = escaping_examine(
		&comparison->escaping, testing, candidates, count, !no_rerun);
	free(candidates);
	if (code)
		return code;
	escaping_learn(&comparison->escaping, testing->root);
	store_blame(testing->root, &comparison->escaping.found);
	test_learn(testing, escaping_is_found, &comparison->escaping, true);
	return 0;
}

static const char *outcome_shown(const char *outcome)
{
	return outcome ? outcome : "unknown";
}

static void compare_print_json(const struct comparison *comparison)
{
	const struct results *results = &comparison->testing.results;
	cJSON *json = json_new(), *list;

	json_add_escapes(json, &comparison->escaping.found);
	list = cJSON_AddArrayToObject(json, "unsteady");
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->list[i];
		cJSON *item;

		if (escaping_is_found(result, (void *)&comparison->escaping))
			continue;
		item = cJSON_CreateObject();
		cJSON_AddItemToArray(list, item);
		cJSON_AddStringToObject(item, "runner", result->runner);
		cJSON_AddItemToObject(item, "id", json_bytes(result->id));
		cJSON_AddStringToObject(item, "warm",
			result->before ? result->before : "not run");
		cJSON_AddStringToObject(item, "full",
			outcome_shown(result->attempt_count
					      ? result->attempts[0]
					      : result->outcome));
		if (result->attempt_count)
			cJSON_AddStringToObject(
				item, "alone", outcome_shown(result->outcome));
	}
	cJSON_AddNumberToObject(
		json, "failed_in_both", (double)comparison->both);
	json_print(json);
}

static void compare_print_text(const struct comparison *comparison)
{
	const struct results *results = &comparison->testing.results;
	const struct escapes *escapes = &comparison->escaping.found;

	for (size_t i = 0; i < escapes->count; i++)
		printf("escape    %s: %s\n", escapes->list[i].unit,
			escapes->list[i].why);
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->list[i];

		if (escaping_is_found(result, (void *)&comparison->escaping))
			continue;
		if (result->attempt_count)
			printf("unsteady  %s: %s in the full run, %s alone\n",
				result->id, outcome_shown(result->attempts[0]),
				outcome_shown(result->outcome));
		else
			printf("unsteady  %s: %s warm, %s in the full run\n",
				result->id,
				result->before ? result->before : "not run",
				outcome_shown(result->outcome));
	}
}

static int report(const struct comparison *comparison)
{
	int code;

	if (common_json)
		compare_print_json(comparison);
	else
		compare_print_text(comparison);
	code = finish_output();
	note("%s, %zu unsteady, %zu failed in both",
		counted(comparison->escaping.found.count, "escape", "escapes"),
		comparison->testing.results.count -
			comparison->escaping.found.count,
		comparison->both);
	if (code)
		return code;
	return comparison->escaping.found.count ? EXIT_ESCAPED : 0;
}

static int compare_reports(
	struct comparison *comparison, const char *const *names)
{
	const struct report *full = &comparison->full;
	char *root, *place;
	int code = compare_read_one(&comparison->warm, names[0], false);

	if (code == 0)
		code = compare_read_one(&comparison->full, names[1], true);
	if (code)
		return code;
	if (!is_same_project(comparison)) {
		note("'%s' and '%s' have no test in common; they are of "
		     "different projects",
			names[0], names[1]);
		return EXIT_QUERY_FAILED;
	}
	root = open_project();
	if (!root)
		return EXIT_QUERY_FAILED;
	place = project_file(root, full->directory);
	if (!no_rerun && chdir(place) < 0) {
		note("cannot go to '%s', where '%s' says that the tests ran: "
		     "%s",
			place, names[1], strerror(errno));
		code = EXIT_QUERY_FAILED;
	}
	free(place);
	testing_init(&comparison->testing, root, full->argv, adapter_of(full),
		adapter_of(full));
	if (code)
		return code;
	compare_sort_out(comparison);
	restore_paths(comparison);
	code = compare_examine(comparison);
	return code ? code : report(comparison);
}

static void compare_release(struct comparison *comparison)
{
	for (size_t i = 0;
		comparison->paths && i < comparison->warm.changed_count; i++)
		free(comparison->paths[i]);
	free(comparison->paths);
	free(comparison->candidates);
	escaping_release(&comparison->escaping);
	testing_release(&comparison->testing);
	report_release(&comparison->warm);
	report_release(&comparison->full);
}

static int compare_run(int argc, char **argv)
{
	int first = options_parse(&verb_compare, argc, argv), code;
	struct comparison comparison = {.both = 0};

	if (argc - first < 2)
		usage_error(&verb_compare,
			"two reports are needed: that of 'ftrace test', then "
			"that of 'ftrace test --full'");
	if (argc - first > 2)
		usage_error(&verb_compare, "unexpected argument '%s'",
			argv[first + 2]);
	code = compare_reports(&comparison, (const char *const *)argv + first);
	compare_release(&comparison);
	if (spawn_signal())
		spawn_exit_like(spawn_signal());
	return code;
}

const struct verb verb_compare = {
	.name = "compare",
	.summary = "find tests that failed in a full run and were not selected",
	.usage = "WARM.json FULL.json",
	.text = "Reads two reports that 'ftrace test --report' wrote: one of a "
		"warm run, which ran\nwhat was affected, and one of a run with "
		"--full. A test that failed in the full\nrun and had not been "
		"selected is run again alone. If it fails again it "
		"has\nescaped: from then on it depends on all that had "
		"changed. A test that ended both\nways is listed as flaky. "
		"Ends with 99 when a test escaped.",
	.options = options,
	.run = compare_run,
};
