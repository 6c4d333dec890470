/* SPDX-License-Identifier: MIT */
#include "cli/record.h"

#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "map/command.h"
#include "map/left.h"
#include "map/project.h"
#include "map/query.h"
#include "selector/plan.h"

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

static int forget(
	struct map *map, const struct command *command, struct err *err)
{
	int code = map_begin(map, err);

	if (code == 0)
		code = command_forget(
			map, command->line, command->directory, err);
	if (code == 0)
		return map_commit(map, err);
	map_rollback(map);
	return code;
}

static int doubt_one(const struct command *command, struct map *map,
	const struct affected *affected, const struct query_units *units,
	struct err *err)
{
	struct left left;
	const char *decisive = NULL;
	int code =
		left_load(&left, map, command->line, command->directory, err);

	if (code == 0)
		code = plan_decisive(
			&decisive, affected, units, &left, map, err);
	left_release(&left);
	return code == 0 && decisive ? forget(map, command, err) : code;
}

/* Those that are not of this line and directory. */
static int doubt(struct map *map, const struct commands *commands,
	const char *line, const char *directory, struct err *err)
{
	struct query_units units = {0};
	struct affected affected;
	int code = affected_find(&affected, map, err);

	if (code == 0 && affected.decisive_count)
		code = query_units(&units, map, err);
	for (size_t i = 0;
		code == 0 && affected.decisive_count && i < commands->count;
		i++) {
		const struct command *command = &commands->list[i];

		if (strcmp(command->line, line) != 0 ||
			strcmp(command->directory, directory) != 0)
			code = doubt_one(command, map, &affected, &units, err);
	}
	query_units_release(&units);
	affected_release(&affected);
	return code;
}

static bool any_other(const struct commands *commands, const char *line,
	const char *directory)
{
	for (size_t i = 0; i < commands->count; i++)
		if (strcmp(commands->list[i].line, line) != 0 ||
			strcmp(commands->list[i].directory, directory) != 0)
			return true;
	return false;
}

/*
 * Something has changed that may say what tests there are, and after this run
 * the map has it as it is now. Other commands may have tests that this one does
 * not look for, so they run as a whole next time. What fails here is told when
 * the run is to be stored.
 */
static void doubt_others(const struct run_options *options)
{
	struct commands commands;
	char *line, *directory;
	struct map map;
	struct err err;

	if (!options->adapter ||
		map_open(&map, options->root, MAP_QUERY, &err) < 0)
		return;
	line = run_command_words(options->argv);
	directory = project_path(options->root, ".");
	if (commands_load(&commands, &map, &err) == 0 &&
		any_other(&commands, line, directory))
		doubt(&map, &commands, line, directory, &err);
	commands_release(&commands);
	free(directory);
	free(line);
	map_close(&map);
}

int record_command(const struct run_options *options, struct run_result *result)
{
	struct err err;
	int code;

	doubt_others(options);
	code = run_command(options, result, &err);

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
