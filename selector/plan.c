/* SPDX-License-Identifier: MIT */
#include "selector/plan.h"

#include <stdlib.h>
#include <string.h>

#include "map/query.h"
#include "selector/order.h"

static bool is_asked(
	const struct query_unit *unit, const char *runner, const char *id)
{
	return !strcmp(unit->runner, runner) && (!id || !strcmp(unit->id, id));
}

static void count(struct plan *plan, const char *runner, const char *id)
{
	const struct query_units *units = &plan->units;
	const struct affected *affected = &plan->affected;

	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];
		const struct affected_unit *found;

		if (!is_asked(unit, runner, id))
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

int plan_fill(struct plan *plan, struct map *map,
	const struct plan_command *command, struct err *err)
{
	count(plan, command->runner, command->unit);
	affected_arguments(&plan->affected, command->runner, false, NULL,
		&plan->arguments);
	arguments_order(&plan->arguments, &plan->affected, &plan->units,
		command->runner);
	plan->to_run = command->unit ? plan->selected : plan->arguments.count;
	if (!command->unit)
		plan->decisive = plan->affected.decisive;
	return query_command(
		&plan->known, map, command->line, command->directory, err);
}

int plan_make(struct plan *plan, struct map *map,
	const struct plan_command *command, struct err *err)
{
	int code;

	memset(plan, 0, sizeof(*plan));
	code = query_units(&plan->units, map, err);
	if (code == 0)
		code = affected_find_in(
			&plan->affected, map, command->set, err);
	return code == 0 ? plan_fill(plan, map, command, err) : code;
}

bool plan_is_nothing(const struct plan *plan)
{
	return !plan_is_all(plan) && !plan->to_run;
}

bool plan_is_all(const struct plan *plan)
{
	return !plan->known || !plan->recorded || plan->decisive;
}

void plan_release(struct plan *plan)
{
	arguments_release(&plan->arguments);
	affected_release(&plan->affected);
	query_units_release(&plan->units);
}
