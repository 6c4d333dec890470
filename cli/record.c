/* SPDX-License-Identifier: MIT */
#include "cli/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/output.h"
#include "map/aside.h"
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

const struct adapter *record_inside(
	const char *runner, const struct adapter *adapter)
{
	return adapter || runner ? adapter : adapter_inside();
}

static int record_forget(
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
	return code == 0 && decisive ? record_forget(map, command, err) : code;
}

static int record_doubt_others(struct map *map, const struct commands *others,
	const struct affected *affected, struct err *err)
{
	struct query_units units = {0};
	int code = 0;

	if (affected->decisive_count)
		code = query_units(&units, map, err);
	for (size_t i = 0;
		code == 0 && affected->decisive_count && i < others->count; i++)
		code = doubt_one(&others->list[i], map, affected, &units, err);
	query_units_release(&units);
	return code;
}

static int find_and_doubt(
	struct map *map, const struct commands *others, struct err *err)
{
	struct affected affected;
	int code = affected_find(&affected, map, err);

	if (code == 0)
		code = record_doubt_others(map, others, &affected, err);
	affected_release(&affected);
	return code;
}

/* What fails here fails again, and is told, when the run is to be stored. */
void record_doubt(
	const struct run_options *options, const struct affected *affected)
{
	struct commands others;
	char *line, *directory;
	struct map map;
	struct err err;

	if (!options->inside ||
		map_open(&map, options->root, MAP_QUERY, &err) < 0)
		return;
	directory = project_path(options->root, ".");
	line = run_command_asked(options->adapter, options->argv, options->root,
		directory, false);
	if (commands_load_others(&others, &map, line, directory, &err) == 0 &&
		others.count) {
		if (affected)
			record_doubt_others(&map, &others, affected, &err);
		else
			find_and_doubt(&map, &others, &err);
	}
	commands_release(&others);
	free(directory);
	free(line);
	map_close(&map);
}

int record_command(const struct run_options *options, struct run_result *result)
{
	struct err err;
	int code = run_command(options, result, &err);

	if (code < 0)
		note("%s", err.text);
	return -code;
}

static void record_tell_none(int status)
{
	if (WIFEXITED(status))
		note("recorded no unit: the command ended with %d and ran no "
		     "test",
			WEXITSTATUS(status));
	else
		note("recorded no unit: signal %d ended the command before any "
		     "test",
			WTERMSIG(status));
}

static void record_summarise(const struct run_options *options,
	const struct run_result *result, bool quiet)
{
	const struct fold_summary *summary = &result->summary;

	if (result->silence)
		note("the whole command is one unit, because its tests could "
		     "not be recorded one by one: %s",
			result->silence);
	if (options->each && !summary->each)
		note("the command ran no program of the project that matches "
		     "'%s'; the whole command is one unit",
			options->each[0]);
	if (summary->incomplete)
		note("%s incomplete (not everything was seen) and will always "
		     "be selected: %s",
			counted(summary->incomplete, "unit is", "units are"),
			summary->reason);
	if (summary->coarse)
		note("in %s, functions could not be recorded one by one, so "
		     "tests depend on whole files there: %s",
			counted(summary->coarse, "place", "places"),
			summary->coarse_reason);
	if (quiet)
		return;
	if (!summary->units && !summary->gone) {
		if (!result->silence)
			record_tell_none(result->status);
	} else if (summary->gone) {
		note("recorded %s; %s gone",
			counted(summary->units, "unit", "units"),
			counted(summary->gone, "unit is", "units are"));
	} else {
		note("recorded %s", counted(summary->units, "unit", "units"));
	}
}

static void tell_aside(void)
{
	note("the map was damaged; it is kept as '" MAP_ASIDE "', and a new "
	     "one is begun");
}

bool record_put_aside(const char *root)
{
	struct err err;
	int code = map_put_aside(root, &err);

	if (code == 0)
		tell_aside();
	else
		note("%s", err.text);
	return code == 0;
}

void record_tell_inside(
	const struct run_options *options, const struct run_result *result)
{
	const char *how;
	const struct adapter *adapter = adapter_wrapped(&how, options->argv);
	bool any = !adapter;

	for (size_t i = 0; i < result->summary.units; i++)
		any |= adapter_named(result->summary.list[i].runner) != NULL;
	if (!any && !options->unit && result->recorded)
		note("no test of %s was seen inside '%s', so the command is "
		     "one unit; to record each test, run them in the "
		     "environment that it made: ftrace run -- %s",
			adapter->name, options->argv[0], how);
}

void record_tell(const struct run_options *options,
	const struct run_result *result, bool quiet)
{
	if (result->put_aside)
		tell_aside();
	if (result->recorded)
		record_summarise(options, result, quiet);
	else if (result->unselected)
		note("not recorded, so all of the command ran: %s",
			result->problem.text);
	else
		note("not recorded, the map is %s: %s",
			result->put_aside ? "empty" : "as it was",
			result->problem.text);
}
