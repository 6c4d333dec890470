/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/common.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/testing.h"
#include "cli/verbs.h"
#include "map/variable.h"
#include "tracer/spawn.h"

static bool full, explain, quiet;
static const char *runner;

static const struct option_row options[] = {
	{0, "full", OPTION_FLAG, &full, 0, "run everything"},
	{0, "explain", OPTION_FLAG, &explain, 0,
		"print why each test is selected"},
	{0, "runner", OPTION_TEXT, &runner, "NAME",
		"the test runner: pytest or none (default: recognised)"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary lines"},
	COMMON_OPTIONS,
	{0},
};

static void explain_units(const struct testing *testing)
{
	const struct affected *affected = &testing->plan.affected;
	const struct plan_command *command = &testing->command;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (strcmp(unit->runner, command->runner) != 0 || unit->gone ||
			(command->unit && strcmp(unit->id, command->unit) != 0))
			continue;
		for (size_t k = 0; k < unit->reason_count; k++) {
			char *text = reason_text(&unit->reasons[k]);

			note("%s: %s: %s", unit->id,
				unit_state_name(unit->reasons[k].state), text);
			free(text);
		}
	}
}

/* What is run, in a line; what it is done for is the runner's to say. */
static void announce(const struct testing *testing)
{
	const struct plan *plan = &testing->plan;

	if (plan->affected.problem)
		note("%s; whole files are compared", plan->affected.problem);
	if (quiet)
		return;
	if (plan->decisive)
		note("%s changed, which may say what tests there are; all are "
		     "run",
			variable_shown(plan->decisive));
	else if (plan_is_all(plan))
		note("the map has no run of this command yet; all its tests "
		     "are run");
	else if (plan_is_nothing(plan))
		note("nothing affected: %s not run, %s spared",
			counted(plan->recorded, "test", "tests"),
			duration_text(plan->spared));
	else if (testing->adapter)
		note("%zu of %s affected%s%s, %s spared", plan->selected,
			counted(plan->recorded, "test", "tests"),
			plan->fresh ? ", and " : "",
			plan->fresh
				? counted(plan->fresh, "new file", "new files")
				: "",
			duration_text(plan->spared));
}

static void tell(const struct testing *testing, const struct run_result *result)
{
	record_tell(
		&(struct run_options){.argv = testing->argv}, result, quiet);
}

/* What is to be run, unless that is nothing; or an exit code. */
static int run_planned(struct testing *testing, int *status)
{
	const struct plan *plan = &testing->plan;
	bool all = full || plan_is_all(plan);
	struct run_result result;
	int code;

	if (!all && plan_is_nothing(plan))
		return 0;
	code = testing_run(testing, all ? NULL : plan->arguments.list,
		plan->arguments.count, &result);
	if (code)
		return code;
	tell(testing, &result);
	*status = result.status;
	run_result_release(&result);
	return 0;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&verb_test, argc, argv), status = 0, code;
	const struct adapter *adapter;
	struct testing testing;
	char *root;

	if (first >= argc || !*argv[first])
		usage_error(&verb_test, "no command given");
	adapter = record_adapter(&verb_test, runner, argv + first);
	root = open_project();
	if (!root)
		return EXIT_RUN_FAILED;
	testing_init(&testing, root, argv + first, adapter);
	testing_plan(&testing);
	if (!full) {
		announce(&testing);
		if (explain)
			explain_units(&testing);
	}
	code = run_planned(&testing, &status);
	testing_release(&testing);
	if (code == 0 && status)
		spawn_exit_like(status);
	return code;
}

const struct verb verb_test = {
	.name = "test",
	.summary = "run the tests that the edits since can affect",
	.usage = "-- COMMAND [ARGUMENT ...]",
	.text = "Runs of a command's tests those that may behave differently "
		"now, and records\nthem. pytest runs what is affected of all "
		"that the command would run; any other\ncommand is one unit, "
		"and is run or not. With nothing affected nothing is run. "
		"What\nfailed last time, was not all seen or never ran is run "
		"until it passes. Without\na map of the command's tests all "
		"are run. Ends as the command ended, by the same\nsignal too; "
		"0 when nothing is run, 125: ftrace itself failed, 126: the "
		"command is\nnot executable, 127: it was not found.",
	.options = options,
	.run = run,
};
