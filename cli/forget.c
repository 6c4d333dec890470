/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "config/config.h"
#include "map/forget.h"
#include "map/project.h"
#include "map/sweep.h"
#include "runners/adapter.h"
#include "selector/affected.h"
#include "tracer/run.h"

static bool unused;

static const struct option_row options[] = {
	{0, "unused", OPTION_FLAG, &unused, 0,
		"what no file, check or runner needs any more"},
	COMMON_OPTIONS,
	{0},
};

struct forgetting {
	struct map map;
	struct query_units units;
	bool *chosen; /* of these */
	size_t count;
};

/* Exactly what people name: the rest of an id could be another's. */
static bool cli_forget_choose(struct forgetting *forgetting, const char *name)
{
	bool any = false;

	for (size_t i = 0; i < forgetting->units.count; i++) {
		const struct query_unit *unit = &forgetting->units.units[i];
		size_t n = strlen(unit->runner);

		if (strcmp(unit->id, name) != 0 &&
			(strncmp(unit->runner, name, n) != 0 ||
				name[n] != '/' ||
				strcmp(unit->id, name + n + 1) != 0))
			continue;
		forgetting->chosen[i] = any = true;
	}
	if (!any)
		note("no test or command '%s' in the map; 'ftrace status "
		     "--json' lists what it holds",
			name);
	return any;
}

/* The command of ftrace.json that is one unit, to be freed; or NULL. */
static char *usual_unit(const struct config *config)
{
	const struct adapter *adapter = NULL;
	char **words = command_of_test(&adapter, config);
	char *unit = words && !adapter ? run_command_unit(words, ".") : NULL;

	command_free(words);
	return unit;
}

static bool is_unused(const struct query_unit *unit,
	const struct affected *affected, const struct config *config,
	const char *usual)
{
	const struct affected_unit *found =
		affected_find_unit(affected, unit->runner, unit->id);

	if (unit_is_check(unit->runner, unit->id))
		return !config_check_named(
			config, unit->id + strlen(CHECK_UNIT));
	if (!found)
		return false;
	if (strcmp(unit->runner, "command") != 0)
		return affected_is_gone(found);
	/*
	 * Of commands alone the map may be about nothing else; one without a
	 * time is part of another unit's run.
	 */
	return affected->has_tests && unit->duration >= 0 &&
	       !(usual && !strcmp(usual, unit->id));
}

static int choose_unused(struct forgetting *forgetting, struct err *err)
{
	struct affected affected = {0};
	struct config config;
	char *usual = NULL;
	int code = config_load(&config, forgetting->map.root, err);

	if (code == 0) {
		usual = usual_unit(&config);
		code = affected_find(&affected, &forgetting->map, err);
	}
	for (size_t i = 0; code == 0 && i < forgetting->units.count; i++)
		forgetting->chosen[i] = is_unused(
			&forgetting->units.units[i], &affected, &config, usual);
	affected_release(&affected);
	free(usual);
	config_release(&config);
	return code;
}

/* A test that can be run again: its commands run it as they run new ones. */
static bool cli_forget_is_there(
	const struct map *map, const struct query_unit *unit)
{
	size_t n = adapter_file_size(unit->runner, unit->id);
	char *stored, *path;
	bool there;

	if (!n)
		return strcmp(unit->runner, "command") != 0;
	stored = xasprintf("%.*s", (int)n, unit->id);
	path = project_file(map->root, stored);
	there = access(path, F_OK) == 0;
	free(path);
	free(stored);
	return there;
}

static int forget_chosen(struct forgetting *forgetting, struct err *err)
{
	struct map *map = &forgetting->map;
	int code = map_begin(map, err);

	if (code < 0)
		return code;
	for (size_t i = 0; code == 0 && i < forgetting->units.count; i++) {
		const struct query_unit *unit = &forgetting->units.units[i];

		if (!forgetting->chosen[i])
			continue;
		forgetting->count++;
		code = forget_unit(
			map, unit, cli_forget_is_there(map, unit), err);
	}
	if (code == 0 && forgetting->count)
		code = map_sweep(map, err);
	if (code == 0)
		return map_commit(map, err);
	map_rollback(map);
	return code;
}

static void cli_forget_tell(const struct forgetting *forgetting)
{
	bool again = false;

	for (size_t i = 0; i < forgetting->units.count; i++) {
		const struct query_unit *unit = &forgetting->units.units[i];

		if (!forgetting->chosen[i])
			continue;
		note("forgot '%s' of %s", unit->id, unit->runner);
		again |= cli_forget_is_there(&forgetting->map, unit);
	}
	if (!forgetting->count)
		note("nothing is unused");
	if (again)
		note("some of these test files still exist; commands that run "
		     "them will run all their tests next time");
}

static int cli_forget_answer(struct forgetting *forgetting, char *const *names)
{
	struct err err;
	bool known = true;
	int code = query_units(&forgetting->units, &forgetting->map, &err);

	forgetting->chosen = xcalloc(
		forgetting->units.count + 1, sizeof(*forgetting->chosen));
	if (code == 0 && unused)
		code = choose_unused(forgetting, &err);
	for (; code == 0 && *names; names++)
		known &= cli_forget_choose(forgetting, *names);
	if (!known)
		return EXIT_QUERY_FAILED;
	if (code == 0)
		code = forget_chosen(forgetting, &err);
	if (code < 0)
		return query_failed(&err);
	cli_forget_tell(forgetting);
	return EXIT_ANSWERED;
}

static int cli_forget_run(int argc, char **argv)
{
	int first = options_parse(&verb_forget, argc, argv), code;
	struct forgetting forgetting = {.count = 0};

	if (first == argc && !unused)
		usage_error(&verb_forget,
			"name a test or a command, or give '--unused'");
	if (first < argc && unused)
		usage_error(&verb_forget, "name tests and commands, or give "
					  "'--unused', but not both");
	code = open_map(&forgetting.map);
	if (code)
		return code;
	code = cli_forget_answer(&forgetting, argv + first);
	free(forgetting.chosen);
	query_units_release(&forgetting.units);
	map_close(&forgetting.map);
	return code;
}

const struct verb verb_forget = {
	.name = "forget",
	.summary = "take tests and commands out of the map",
	.usage = "UNIT ... | --unused",
	.text = "Forgets the tests and commands that are named by their ids, "
		"or as RUNNER/ID. With\n--unused it forgets tests whose file "
		"is gone, checks that ftrace.json does not\nname, and, where "
		"the map holds tests of a runner, other commands that would "
		"have\nto run again and are not the \"test\" of ftrace.json. A "
		"forgotten test whose file\nis still there counts as new: the "
		"commands that run it run all tests next time.",
	.options = options,
	.run = cli_forget_run,
};
