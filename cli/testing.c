/* SPDX-License-Identifier: MIT */
#include "cli/testing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/intern.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/record.h"
#include "cli/test_report.h"
#include "map/project.h"

void testing_init(struct testing *testing, char *root, char *const *argv,
	const struct adapter *adapter, const struct adapter *inside)
{
	*testing = (struct testing){.argv = argv,
		.adapter = adapter,
		.inside = inside,
		.directory = project_path(root, "."),
		.root = root};
	testing->id = run_command_unit(argv, testing->directory);
	testing->asked = run_command_asked(
		adapter, argv, root, testing->directory, false);
	testing->command = (struct plan_command){
		.runner = adapter ? adapter->name : "command",
		.unit = adapter ? NULL : testing->id,
		.own = testing->id,
		.line = testing->asked,
		.directory = testing->directory};
}

void testing_release(struct testing *testing)
{
	outcome_files_release(&testing->files);
	results_release(&testing->results);
	plan_release(&testing->plan);
	free(testing->id);
	free(testing->asked);
	free(testing->directory);
	free(testing->root);
}

/* A command that stands before a runner is that one's tests. */
static int find_inside(
	struct testing *testing, struct map *map, struct err *err)
{
	const struct adapter *inside = NULL;
	int code;

	if (testing->adapter || !testing->inside)
		return 0;
	code = plan_wraps(
		&testing->wraps, &inside, map, &testing->command, err);
	if (code == 0 && testing->wraps && inside) {
		testing->adapter = inside;
		testing->command.runner = inside->name;
		testing->command.unit = NULL;
	}
	return code;
}

void testing_plan(struct testing *testing)
{
	struct map map;
	struct err err;
	int code = map_open(&map, testing->root, MAP_QUERY, &err);

	if (code == MAP_MISSING)
		return;
	if (code == 0) {
		code = find_inside(testing, &map, &err);
		/* Of several runners' tests all are run. */
		if (code == 0 && !(testing->wraps && !testing->adapter))
			code = plan_make(
				&testing->plan, &map, &testing->command, &err);
		if (code == 0 && testing->plan.units.count)
			places_tell(&map.places);
		if (code == 0 && outcome_files_wanted(&testing->files))
			code = outcome_files_known(&testing->files, &map,
				testing->command.runner, testing->command.unit,
				&err);
		code = code < 0 && map.damaged ? MAP_DAMAGED : code;
		map_close(&map);
	}
	if (code < 0) {
		if (code == MAP_DAMAGED)
			record_put_aside(testing->root);
		else
			note("%s", err.text);
		plan_release(&testing->plan);
		memset(&testing->plan, 0, sizeof(testing->plan));
	}
	results_begin(&testing->results, &testing->plan, &testing->command);
}

static void take_ends(
	struct testing *testing, const struct fold_summary *summary)
{
	for (size_t i = 0; i < summary->units; i++) {
		const struct fold_unit *unit = &summary->list[i];

		results_end(&testing->results,
			&(struct result){.runner = unit->runner,
				.id = unit->id,
				.part = (char *)"",
				.state = UNIT_MISS,
				.outcome = unit->outcome,
				.duration = unit->duration,
				.incomplete = unit->incomplete});
	}
}

/* What the run found to be gone is in the map no more. */
static void forget_gone(struct testing *testing)
{
	struct query_units units = {0};
	struct map map;
	struct err err;

	if (map_open(&map, testing->root, MAP_QUERY, &err) < 0)
		return;
	if (query_units(&units, &map, &err) == 0)
		results_forget(&testing->results, &units);
	query_units_release(&units);
	map_close(&map);
}

/* What the plan found to be affected; NULL where it was by git's set. */
static const struct affected *changed_since_map(const struct testing *testing)
{
	return testing->command.set || !testing->plan.units.count
		       ? NULL
		       : &testing->plan.affected;
}

int testing_run(struct testing *testing, char *const *list, size_t count,
	struct run_result *result)
{
	struct run_options options = {.root = testing->root,
		.argv = testing->argv,
		.adapter = testing->wraps ? NULL : testing->adapter,
		.inside = testing->inside,
		.outputs = {report_options.report, report_options.junit_out}};
	int64_t began = clock_on(CLOCK_MONOTONIC);
	struct interner known = {0};
	int code;

	for (size_t i = 0; i < testing->plan.units.count; i++) {
		const char *id = testing->plan.units.units[i].id;

		intern(&known, id, strlen(id));
	}
	/* What the map had before; a retry is of what it is asked for alone. */
	if (!testing->started && known.count)
		options.known = &known;
	if (testing->adapter) {
		options.selection = list;
		options.selection_count = count;
	}
	if (!testing->started) {
		testing->started = clock_on(CLOCK_REALTIME);
		record_doubt(&options, changed_since_map(testing));
	}
	if (outcome_files_wanted(&testing->files))
		outcome_files_look(&testing->files);
	code = record_command(&options, result);
	interner_release(&known);
	testing->lasted += clock_on(CLOCK_MONOTONIC) - began;
	if (code == 0)
		take_ends(testing, &result->summary);
	if (code == 0 && result->recorded && result->summary.gone)
		forget_gone(testing);
	if (code == 0 && outcome_files_wanted(&testing->files))
		outcome_files_take(&testing->files, testing->root,
			&testing->results, testing->command.runner,
			testing->command.unit);
	return code;
}

struct result **testing_failed(struct testing *testing, size_t *count)
{
	struct results *results = &testing->results;
	struct result **failed = xcalloc(results->count + 1, sizeof(*failed));

	*count = 0;
	for (size_t i = 0; i < results->count; i++) {
		struct result *result = &results->list[i];

		if (result->ran && !*result->part &&
			outcome_is_failure(result->outcome))
			failed[(*count)++] = result;
	}
	return failed;
}
