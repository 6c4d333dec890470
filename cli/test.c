/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/changed_set.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/record.h"
#include "cli/verbs.h"
#include "map/alloc.h"
#include "map/project.h"
#include "map/variable.h"
#include "selector/plan.h"
#include "tracer/run.h"
#include "tracer/spawn.h"

static bool full, explain, quiet;
static const char *runner;
static struct git_asked asked;

static const struct option_row options[] = {
	{0, "full", OPTION_FLAG, &full, 0, "run everything"},
	{0, "explain", OPTION_FLAG, &explain, 0,
		"print why each test is selected"},
	{0, "runner", OPTION_TEXT, &runner, "NAME",
		"the test runner: pytest or none (default: recognised)"},
	{0, "since", OPTION_TEXT, &asked.since, "REV",
		"by what differs from git's revision"},
	{0, "staged", OPTION_FLAG, &asked.staged, 0,
		"by what is staged for git's next commit"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary lines"},
	COMMON_OPTIONS,
	{0},
};

/* One invocation. */
struct test {
	char *const *argv;
	const struct adapter *adapter; /* NULL: the command is one unit */
	char *line, *directory;        /* what it is, and where it runs */
	char *root;
	struct git_set set;
	struct plan plan;
	char *selection; /* the file with what to run; NULL: all */
};

static void test_release(struct test *test)
{
	if (test->selection)
		unlink(test->selection);
	free(test->selection);
	free(test->line);
	free(test->directory);
	free(test->root);
	git_set_release(&test->set);
	plan_release(&test->plan);
}

static void explain_units(const struct test *test)
{
	const struct affected *affected = &test->plan.affected;
	const char *name = test->adapter ? test->adapter->name : "command";

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (strcmp(unit->runner, name) != 0 || unit->gone ||
			(!test->adapter && strcmp(unit->id, test->line) != 0))
			continue;
		for (size_t k = 0; k < unit->reason_count; k++) {
			const struct reason *reason = &unit->reasons[k];

			note("%s: %s: %s%s%s%s%s", unit->id,
				unit_state_name(reason->state),
				reason->path ? variable_shown(reason->path)
					     : "",
				reason->path ? " " : "", reason->what,
				reason->text ? ": " : "",
				reason->text ? reason->text : "");
		}
	}
}

/* 0, or the exit code after a message. */
static int write_selection(struct test *test)
{
	const struct arguments *arguments = &test->plan.arguments;
	FILE *file;
	int failed = 0;

	test->selection = xasprintf(
		"%s/" MAP_DIRECTORY "/selection.%d", test->root, getpid());
	file = fopen(test->selection, "we");
	for (size_t i = 0; file && i < arguments->count; i++)
		failed |= fwrite(arguments->list[i], 1,
				  strlen(arguments->list[i]) + 1, file) == 0;
	if (file && fclose(file) == 0 && !failed)
		return 0;
	note("cannot write '%s': %s", test->selection, strerror(errno));
	return EXIT_RUN_FAILED;
}

/* What is run, in a line; what it is done for is the runner's to say. */
static void announce(const struct test *test)
{
	const struct plan *plan = &test->plan;

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
	else if (plan_is_nothing(&test->plan))
		note("nothing affected: %s not run, %s spared",
			counted(plan->recorded, "test", "tests"),
			duration_text(plan->spared));
	else if (test->adapter)
		note("%zu of %s affected%s%s, %s spared", plan->selected,
			counted(plan->recorded, "test", "tests"),
			plan->fresh ? ", and " : "",
			plan->fresh
				? counted(plan->fresh, "new file", "new files")
				: "",
			duration_text(plan->spared));
}

/* What to run of it: all, where the map cannot tell. */
static void make_plan(struct test *test)
{
	struct map map;
	struct err err;
	int code = map_open(&map, test->root, MAP_QUERY, &err);

	if (code == MAP_MISSING)
		return;
	if (code == 0) {
		code = plan_make(&test->plan, &map,
			&(struct plan_command){
				.runner = test->adapter ? test->adapter->name
							: "command",
				.unit = test->adapter ? NULL : test->line,
				.line = test->line,
				.directory = test->directory,
				.set = asked.since || asked.staged ? &test->set
								   : NULL},
			&err);
		map_close(&map);
	}
	if (code < 0) {
		note("%s", err.text);
		plan_release(&test->plan);
		memset(&test->plan, 0, sizeof(test->plan));
	}
}

/* 0, or the exit code after a message. */
static int prepare(struct test *test)
{
	struct err err;

	if (changed_set_find(&test->set, test->root, &asked, &verb_test, &err) <
		0) {
		note("%s", err.text);
		return EXIT_RUN_FAILED;
	}
	if (full)
		return 0;
	make_plan(test);
	announce(test);
	if (explain)
		explain_units(test);
	return test->adapter && !plan_is_all(&test->plan) &&
			       !plan_is_nothing(&test->plan)
		       ? write_selection(test)
		       : 0;
}

static int run_planned(const struct test *test, struct run_result *result)
{
	struct run_options run_options = {.root = test->root,
		.argv = test->argv,
		.selection = test->selection,
		.adapter = test->adapter};
	int code = record_command(&run_options, result);

	if (code == 0)
		record_tell(&run_options, result, quiet);
	return code;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&verb_test, argc, argv);
	struct test test = {.argv = argv + first};
	struct run_result result = {.status = 0};
	int code;

	if (first >= argc || !*argv[first])
		usage_error(&verb_test, "no command given");
	test.adapter = record_adapter(&verb_test, runner, test.argv);
	test.root = open_project();
	if (!test.root)
		return EXIT_RUN_FAILED;
	test.line = run_command_line(test.argv);
	test.directory = project_path(test.root, ".");
	code = prepare(&test);
	if (code == 0 && (full || !plan_is_nothing(&test.plan)))
		code = run_planned(&test, &result);
	test_release(&test);
	if (code == 0 && result.ran)
		spawn_exit_like(result.status);
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
