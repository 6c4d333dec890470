/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/common.h"
#include "cli/record.h"
#include "cli/verbs.h"
#include "tracer/spawn.h"

static const char *name, *runner;
static struct option_list each;
static bool quiet, strict;

static const struct option_row options[] = {
	{'n', "name", OPTION_TEXT, &name, "NAME",
		"name of the command's unit (default: its command line)"},
	{'e', "each", OPTION_LIST, &each, "GLOB",
		"make each program that matches a unit of its own"},
	{0, "runner", OPTION_RUNNER, &runner, "RUNNER",
		"the test runner (default: recognised), or none:"},
	{0, "strict", OPTION_FLAG, &strict, 0,
		"fail when something could not be recorded"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary line"},
	COMMON_OPTIONS,
	{0},
};

static int cli_run(int argc, char **argv)
{
	int first = options_parse(&verb_run, argc, argv);
	struct run_options run_options;
	const struct adapter *adapter;
	struct run_result result;
	char *root;
	bool unseen;
	int code;

	spawn_outlive_readers();
	if (first >= argc || !*argv[first])
		usage_error(&verb_run, "no command given, as in 'ftrace run -- "
				       "pytest'");
	if (name && !*name)
		usage_error(&verb_run, "an empty name");
	root = open_project();
	if (!root)
		return EXIT_RUN_FAILED;
	adapter = record_adapter(&verb_run, runner, argv + first);
	run_options = (struct run_options){.root = root,
		.argv = argv + first,
		.unit = name,
		.each = each.count ? each.items : NULL,
		.adapter = adapter,
		.inside = each.count || name ? adapter
					     : record_inside(runner, adapter)};
	record_doubt(&run_options, NULL);
	code = record_command(&run_options, &result);
	free(root);
	if (code)
		return code;
	record_tell(&run_options, &result, quiet);
	if (!runner && !each.count)
		record_tell_inside(&run_options, &result);
	unseen =
		!result.recorded || result.summary.incomplete || result.silence;
	run_result_release(&result);
	if (strict && unseen)
		return EXIT_RUN_FAILED;
	spawn_exit_like(result.status);
}

const struct verb verb_run = {
	.name = "run",
	.summary = "run a command and record what its tests depend on",
	.usage = "-- COMMAND [ARGUMENT ...]",
	.text = "Runs the command as if ftrace were not there and records, for "
		"each of its\ntests, every file it opened, looked for, listed "
		"or executed. The units of a\ntest runner that ftrace knows "
		"are its tests, or the files, packages or programs\nthat hold "
		"them; any other command is one unit. Ends as the command "
		"ended, by the\nsame signal too; 125: ftrace itself failed, "
		"126: the command is not executable,\n127: it was not found.",
	.options = options,
	.run = cli_run,
};
