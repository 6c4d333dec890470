/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "map/alloc.h"
#include "tracer/run.h"
#include "tracer/spawn.h"

static const char *name, *runner;
static struct option_list each;
static bool quiet, strict;

static const struct option_row options[] = {
	{'n', "name", OPTION_TEXT, &name, "NAME",
		"name of the command's unit (default: its command line)"},
	{'e', "each", OPTION_LIST, &each, "GLOB",
		"a unit of every program executed that matches"},
	{0, "runner", OPTION_TEXT, &runner, "NAME",
		"the test runner: pytest or none (default: recognised)"},
	{0, "strict", OPTION_FLAG, &strict, 0,
		"fail when something could not be recorded"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary line"},
	COMMON_OPTIONS,
	{0},
};

static void summarise(const struct run_result *result)
{
	const struct fold_summary *summary = &result->summary;

	if (result->adapter_silent)
		note("the runner did not load ftrace's plugin, so there are no "
		     "tests to record; '--runner none' records the whole "
		     "command as one unit");
	if (each.count && !summary->each)
		note("no program executed below the root matches '%s'; the "
		     "whole command is one unit",
			each.items[0]);
	if (summary->incomplete)
		note("%s incomplete and will always be selected: %s",
			counted(summary->incomplete, "unit is", "units are"),
			summary->reason);
	if (summary->coarse)
		note("not every function was recorded, and whole files count "
		     "instead in %s: %s",
			counted(summary->coarse, "scope", "scopes"),
			summary->coarse_reason);
	if (quiet)
		return;
	if (summary->gone)
		note("recorded %s; %s gone",
			counted(summary->units, "unit", "units"),
			counted(summary->gone, "unit is", "units are"));
	else
		note("recorded %s", counted(summary->units, "unit", "units"));
}

static const struct adapter *choose_adapter(char *const *argv)
{
	const struct adapter *adapter;

	if (!runner)
		return adapter_for_command(argv);
	if (!strcmp(runner, "none"))
		return NULL;
	adapter = adapter_named(runner);
	if (!adapter)
		usage_error(&verb_run, "unknown runner '%s'", runner);
	return adapter;
}

static int run(int argc, char **argv)
{
	int first = options_parse(&verb_run, argc, argv);
	struct run_options run_options;
	struct run_result result;
	struct err err;
	char *root;
	int code;

	if (first >= argc || !*argv[first])
		usage_error(&verb_run, "no command given");
	if (name && !*name)
		usage_error(&verb_run, "an empty name");
	root = open_project();
	if (!root)
		return EXIT_RUN_FAILED;
	run_options = (struct run_options){.root = root,
		.argv = argv + first,
		.unit = name,
		.each = each.count ? each.items : NULL,
		.adapter = choose_adapter(argv + first)};
	code = run_command(&run_options, &result, &err);
	free(root);
	if (code < 0) {
		note("%s", err.text);
		return -code;
	}
	if (result.recorded)
		summarise(&result);
	else
		note("not recorded, the map is as it was: %s",
			result.problem.text);
	if (strict && (!result.recorded || result.summary.incomplete))
		return EXIT_RUN_FAILED;
	spawn_exit_like(result.status);
}

const struct verb verb_run = {
	.name = "run",
	.summary = "run a command and record what its tests depend on",
	.usage = "-- COMMAND [ARGUMENT ...]",
	.text = "Runs the command as if ftrace were not there and records, for "
		"each of its\ntests, every file it opened, looked for, listed "
		"or executed. pytest's tests\nare recorded one by one; any "
		"other command is one unit. Ends as the command\nended, by the "
		"same signal too; 125: ftrace itself failed, 126: the command "
		"is\nnot executable, 127: it was not found.",
	.options = options,
	.run = run,
};
