/* SPDX-License-Identifier: MIT */
#include "cli/record.h"

#include <string.h>

#include "cli/output.h"

const struct adapter *record_adapter(
	const struct verb *verb, const char *runner, char *const *argv)
{
	const struct adapter *adapter;

	if (!runner)
		return adapter_for_command(argv);
	if (!strcmp(runner, "none"))
		return NULL;
	adapter = adapter_named(runner);
	if (!adapter)
		usage_error(verb, "unknown runner '%s'", runner);
	return adapter;
}

int record_command(const struct run_options *options, struct run_result *result)
{
	struct err err;
	int code = run_command(options, result, &err);

	if (code < 0)
		note("%s", err.text);
	return -code;
}

static void summarise(const struct run_options *options,
	const struct run_result *result, bool quiet)
{
	const struct fold_summary *summary = &result->summary;

	if (result->adapter_silent)
		note("the runner did not load ftrace's plugin, so there are no "
		     "tests to record; '--runner none' records the whole "
		     "command as one unit");
	if (options->each && !summary->each)
		note("no program executed below the root matches '%s'; the "
		     "whole command is one unit",
			options->each[0]);
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

void record_tell(const struct run_options *options,
	const struct run_result *result, bool quiet)
{
	if (result->recorded)
		summarise(options, result, quiet);
	else
		note("not recorded, the map is as it was: %s",
			result->problem.text);
}
