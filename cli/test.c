/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/changed_set.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/escaping.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/store.h"
#include "cli/test_full.h"
#include "cli/test_learn.h"
#include "cli/test_report.h"
#include "cli/verbs.h"
#include "map/variable.h"
#include "tracer/spawn.h"

#define RETRIES_MOST 100

static bool full, explain, quiet;
static const char *runner, *retries;
static struct git_asked asked;

static const struct option_row options[] = {
	{0, "full", OPTION_FLAG, &full, 0, "run everything"},
	{0, "explain", OPTION_FLAG, &explain, 0,
		"print why each test is selected"},
	{0, "retries", OPTION_TEXT, &retries, "N",
		"run what fails again, at most N times"},
	{0, "runner", OPTION_RUNNER, &runner, "RUNNER",
		"the test runner (default: recognised), or none:"},
	{0, "since", OPTION_TEXT, &asked.since, "REV",
		"select by what differs from git's revision"},
	{0, "staged", OPTION_FLAG, &asked.staged, 0,
		"select by what is staged for git's next commit"},
	REPORT_OPTIONS,
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary lines"},
	QUERY_OPTIONS,
	{0},
};

static void explain_units(const struct testing *testing)
{
	const struct affected *affected = &testing->plan.affected;
	const struct plan_command *command = &testing->command;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (strcmp(unit->runner, command->runner) != 0 || unit->gone ||
			(command->unit &&
				strcmp(unit->id, command->unit) != 0) ||
			plan_leaves(
				&testing->plan.left, unit->runner, unit->id))
			continue;
		for (size_t k = 0; k < unit->reason_count; k++) {
			char *text = results_reason_text(&unit->reasons[k]);

			note("%s: %s%s%s: %s", unit->id,
				colour(true, COLOUR_YELLOW),
				unit_state_name(unit->reasons[k].state),
				colour(true, COLOUR_NONE), text);
			free(text);
		}
	}
}

/* What is run, in a line; what it is done for is the runner's to say. */
static void test_announce(const struct testing *testing)
{
	const struct plan *plan = &testing->plan;

	if (plan->affected.problem)
		note("cannot tell what changed inside a file, so it counts as "
		     "a whole: %s",
			plan->affected.problem);
	if (quiet)
		return;
	if (plan->decisive && !plan->asks)
		note("%s changed, and the runner used it to find its tests; "
		     "there may be other tests now, so all are run",
			variable_shown(plan->decisive));
	else if (plan->known && plan->namesake)
		note("%s has the name of another test file, which the runner "
		     "may refuse; all tests are run",
			plan->namesake);
	else if (plan->known && plan->recorded && plan->itself)
		note("the command does more than run tests, and that part is "
		     "affected; the whole command is run");
	else if (plan_is_all(plan))
		note("no complete run of this command is recorded yet; all its "
		     "tests are run");
	else if (plan_is_nothing(plan))
		note("nothing affected: %s not run, %s spared",
			counted(plan->recorded - plan->gone, "test", "tests"),
			duration_text(plan->spared));
	else if (testing->adapter)
		note("%zu of %s affected%s, %s spared", plan->selected,
			counted(plan->recorded - plan->gone, "test", "tests"),
			new_text(plan->fresh), duration_text(plan->spared));
}

static unsigned parse_retries(void)
{
	char *end;
	unsigned long value = retries ? strtoul(retries, &end, 10) : 0;

	if (retries && (*end || *retries < '0' || *retries > '9' ||
			       value > RETRIES_MOST))
		usage_error(
			&verb_test, "'%s' is no number for --retries", retries);
	return (unsigned)value;
}

static void test_tell(
	const struct testing *testing, const struct run_result *result)
{
	const struct run_options what = {.argv = testing->argv};

	record_tell(&what, result, quiet);
	if (!runner)
		record_tell_inside(&what, result);
}

/* With what would have been run, were it not for --full. */
static int test_compare(struct escaping *escaping, struct testing *testing)
{
	size_t failed_count, count = 0;
	struct result **failed = testing_failed(testing, &failed_count);
	struct full compared;
	int code;

	for (size_t i = 0; i < failed_count; i++)
		if (!failed[i]->selected)
			failed[count++] = failed[i];
	compared = full_count(testing, count);
	code = escaping_examine(escaping, testing, failed, count, true);
	escaping_learn(escaping, testing->root);
	escaping_tell(escaping);
	store_blame(testing->root, &escaping->found);
	if (code == 0 && !quiet)
		full_tell(&compared, testing, escaping);
	free(failed);
	return code;
}

/* What is to be run, unless that is nothing; or an exit code. */
static int run_planned(struct testing *testing, unsigned again, int *status)
{
	static char *nothing[] = {NULL};
	const struct plan *plan = &testing->plan;
	bool all = full || plan_is_all(plan);
	struct run_result result;
	struct escaping escaping = {.paths = NULL};
	int code;

	if (!all && plan_is_nothing(plan))
		return 0;
	if (full && !plan_is_all(plan))
		escaping_begin(&escaping, testing->root, plan->affected.paths,
			plan->affected.changed);
	code = testing_run(testing,
		all                     ? NULL
		: plan->arguments.count ? plan->arguments.list
					: nothing,
		plan->arguments.count, &result);
	if (code)
		return code;
	test_tell(testing, &result);
	*status = result.status;
	run_result_release(&result);
	code = test_retry(testing, again, status);
	if (code == 0 && full && !plan_is_all(plan) && !spawn_signal())
		code = test_compare(&escaping, testing);
	test_learn(testing, escaping_is_found, &escaping, quiet);
	escaping_release(&escaping);
	return code;
}

static int test_run(int argc, char **argv)
{
	int first = options_parse(&verb_test, argc, argv), status = 0;
	int code, written = 0;
	unsigned again = parse_retries();
	const struct adapter *adapter;
	struct testing testing;
	struct git_set set;
	struct err err;
	char *root, **usual = NULL;

	spawn_outlive_readers();
	if (first < argc && !*argv[first])
		usage_error(&verb_test, "no command given");
	if (full && (asked.since || asked.staged))
		usage_error(&verb_test, "'--full' runs everything, whatever "
					"has changed");
	root = open_project();
	if (!root)
		return EXIT_RUN_FAILED;
	code = first < argc ? 0 : command_usual(&usual, &adapter, root, quiet);
	if (code) {
		command_free(usual);
		free(root);
		return code;
	}
	argv = usual ? usual : argv + first;
	if (!usual || runner)
		adapter = record_adapter(&verb_test, runner, argv);
	testing_init(
		&testing, root, argv, adapter, record_inside(runner, adapter));
	reports_ask(&testing, &verb_test);
	/* What a runner of its own tells is of a command that is one unit. */
	if (outcome_files_wanted(&testing.files))
		testing.inside = NULL;
	code = changed_set_find(&set, root, &asked, &verb_test, &err);
	if (code < 0) {
		note("%s", err.text);
		git_set_release(&set);
		testing_release(&testing);
		command_free(usual);
		return EXIT_RUN_FAILED;
	}
	testing.command.set = asked.since || asked.staged ? &set : NULL;
	testing_plan(&testing);
	if (testing.plan.affected.config_problem)
		note("%s", testing.plan.affected.config_problem);
	if (testing.plan.affected.flaky_problem)
		note("%s", testing.plan.affected.flaky_problem);
	if (full && !quiet)
		full_announce(&testing);
	if (!full)
		test_announce(&testing);
	if (!full && explain)
		explain_units(&testing);
	code = reports_begin();
	if (code == 0) {
		code = run_planned(&testing, again, &status);
		written = reports_write(&testing, full, code, status);
	}
	testing_release(&testing);
	git_set_release(&set);
	command_free(usual);
	if (code == 0 && (status || spawn_held()))
		spawn_exit_like(status);
	return code ? code : written;
}

const struct verb verb_test = {
	.name = "test",
	.summary = "run the tests that your edits can affect",
	.usage = "[-- COMMAND [ARGUMENT ...]]",
	.text = "Runs those of a command's tests that may behave differently "
		"now, and records\nthem. Without a command it takes the "
		"\"test\" of ftrace.json, or else the last\ncommand that ran "
		"completely. With a runner that ftrace knows, such as pytest, "
		"the\naffected ones of the command's tests run; any other "
		"command runs or does not.\nIf nothing is affected nothing is "
		"run. A test that failed last time, never ran or\nwas not seen "
		"completely runs until it passes. The first time all tests "
		"run. Ends\nas the command ended, by the same signal too; 0: "
		"nothing was run, 125: ftrace\nitself failed, 126: the command "
		"is not executable, 127: it was not found.",
	.options = options,
	.run = test_run,
};
