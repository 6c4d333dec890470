/* SPDX-License-Identifier: MIT */
#include "selector/plan.h"

#include <stdlib.h>
#include <string.h>

#include "map/command.h"
#include "map/query.h"
#include "map/recording.h"
#include "runners/adapter.h"
#include "selector/namesake.h"
#include "selector/order.h"

/* More scopes than these are not asked one by one who depends on them. */
#define DECISIVE_MOST 50

bool plan_leaves(const struct left *left, const char *runner, const char *id)
{
	size_t size = adapter_file_size(runner, id);

	return size && left_has(left, id, size);
}

/*
 * Whether the scope is of other units than those that are left, or of none; or
 * of where the command looks for its tests.
 */
static int concerns(bool *yes, int64_t scope, const struct query_units *units,
	const struct left *left, struct map *map, struct err *err)
{
	struct query_hits hits = {0};
	bool any = false;
	int code = query_dependents(&hits, map, NULL, 0, &scope, 1, err);

	*yes = false;
	if (code == 0)
		code = left_passes(yes, left, map, scope, err);
	for (size_t i = 0; code == 0 && !*yes && i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];

		if (query_hits_find(&hits, unit->scope) == HIT_NONE)
			continue;
		any = true;
		*yes = !plan_leaves(left, unit->runner, unit->id);
	}
	*yes |= !any;
	query_hits_release(&hits);
	return code;
}

int plan_decisive(const char **path, const struct affected *affected,
	const struct query_units *units, const struct left *left,
	struct map *map, struct err *err)
{
	bool yes =
		!left->files.count || affected->decisive_count > DECISIVE_MOST;
	int code = 0;

	*path = NULL;
	for (size_t i = 0; code == 0 && !*path && i < affected->decisive_count;
		i++) {
		if (!yes)
			code = concerns(&yes, affected->decisive[i].scope,
				units, left, map, err);
		if (yes)
			*path = affected->decisive[i].path;
	}
	return code;
}

static bool plan_is_asked(const struct plan *plan,
	const struct query_unit *unit, const char *runner, const char *id)
{
	return !strcmp(unit->runner, runner) &&
	       (!id || !strcmp(unit->id, id)) &&
	       !plan_leaves(&plan->left, unit->runner, unit->id);
}

static void plan_count(struct plan *plan, const char *runner, const char *id)
{
	const struct query_units *units = &plan->units;
	const struct affected *affected = &plan->affected;

	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];
		const struct affected_unit *found;

		if (!plan_is_asked(plan, unit, runner, id))
			continue;
		plan->recorded++;
		found = affected_find_unit(affected, unit->runner, unit->id);
		if (found && affected_is_gone(found))
			plan->gone++;
		else if (found)
			plan->selected++;
		else if (unit->duration > 0)
			plan->spared += unit->duration;
	}
	for (size_t i = 0; !id && i < affected->count; i++)
		plan->fresh += affected->units[i].file &&
			       !strcmp(affected->units[i].runner, runner);
}

/* The one that is named; maps of older versions have no name here. */
static int plan_find_inside(const struct adapter **runner, struct map *map,
	const struct plan_command *command, struct err *err)
{
	char *name;
	int code = command_runner(
		&name, map, command->line, command->directory, err);

	*runner = name ? adapter_named(name + strlen(RECORDED_INSIDE))
		       : adapter_inside();
	free(name);
	return code;
}

int plan_wraps(bool *yes, const struct adapter **runner, struct map *map,
	const struct plan_command *command, struct err *err)
{
	struct query_units units = {0};
	int64_t lasted;
	int code = command_is_known(
		yes, &lasted, map, command->line, command->directory, err);

	if (code == 0 && *yes)
		code = plan_find_inside(runner, map, command, err);
	if (code == 0 && *yes)
		code = query_units(&units, map, err);
	for (size_t i = 0; i < units.count; i++)
		if (!strcmp(units.units[i].runner, "command") &&
			!strcmp(units.units[i].id, command->own))
			*yes = units.units[i].duration < 0;
	query_units_release(&units);
	return code;
}

/* What is run of it runs with all of it. */
static bool is_itself_affected(
	const struct plan *plan, const struct plan_command *command)
{
	const struct affected_unit *found =
		command->unit || !command->own
			? NULL
			: affected_find_unit(
				  &plan->affected, "command", command->own);

	/* With a time it is the whole command, run as one unit. */
	for (size_t i = 0; found && i < plan->units.count; i++)
		if (!strcmp(plan->units.units[i].runner, "command") &&
			!strcmp(plan->units.units[i].id, command->own))
			return plan->units.units[i].duration < 0 &&
			       !affected_is_gone(found);
	return false;
}

/* Of what is to run such a runner runs those that nobody knows, too. */
static bool plan_lists(const char *runner)
{
	const struct adapter *adapter = adapter_named(runner);

	return adapter && adapter->list;
}

int plan_fill(struct plan *plan, struct map *map,
	const struct plan_command *command, struct err *err)
{
	int64_t lasted = 0;
	int code = command->unit ? 0
				 : left_load(&plan->left, map, command->line,
					   command->directory, err);

	if (code < 0)
		return code;
	plan_count(plan, command->runner, command->unit);
	plan->itself = is_itself_affected(plan, command);
	affected_arguments(&plan->affected, command->runner, false, NULL,
		&plan->left, &plan->arguments);
	arguments_order(&plan->arguments, &plan->affected, &plan->units,
		command->runner);
	plan->to_run = command->unit ? plan->selected : plan->arguments.count;
	if (!command->unit)
		code = plan_decisive(&plan->decisive, &plan->affected,
			&plan->units, &plan->left, map, err);
	plan->asks = plan->decisive && plan_lists(command->runner);
	if (code == 0 && !command->unit && !plan->decisive)
		plan->namesake = namesake_find(&plan->affected, &plan->units,
			command->runner, map->root);
	if (code == 0)
		code = command_is_known(&plan->known, &lasted, map,
			command->line, command->directory, err);
	/* Nobody starts the runner, either. */
	if (!plan->to_run && lasted > plan->spared)
		plan->spared = lasted;
	return code;
}

int plan_make(struct plan *plan, struct map *map,
	const struct plan_command *command, struct err *err)
{
	int code;

	memset(plan, 0, sizeof(*plan));
	/* It may change the units. */
	code = affected_find_in(&plan->affected, map, command->set, err);
	if (code == 0)
		code = query_units(&plan->units, map, err);
	return code == 0 ? plan_fill(plan, map, command, err) : code;
}

bool plan_is_nothing(const struct plan *plan)
{
	return !plan_is_all(plan) && !plan->to_run && !plan->asks;
}

bool plan_is_all(const struct plan *plan)
{
	return !plan->known || !plan->recorded ||
	       (plan->decisive && !plan->asks) || plan->namesake ||
	       plan->itself;
}

void plan_release(struct plan *plan)
{
	arguments_release(&plan->arguments);
	left_release(&plan->left);
	affected_release(&plan->affected);
	query_units_release(&plan->units);
}
