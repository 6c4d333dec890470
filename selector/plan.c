/* SPDX-License-Identifier: MIT */
#include "selector/plan.h"

#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"
#include "map/query.h"
#include "selector/order.h"

static const struct affected_unit *find_selected(
	const struct affected *affected, const struct query_unit *unit)
{
	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *each = &affected->units[i];

		if (!each->file && !strcmp(each->id, unit->id) &&
			!strcmp(each->runner, unit->runner))
			return each;
	}
	return NULL;
}

static bool is_asked(
	const struct query_unit *unit, const char *runner, const char *id)
{
	return !strcmp(unit->runner, runner) && (!id || !strcmp(unit->id, id));
}

static void count(struct plan *plan, const struct query_units *units,
	const char *runner, const char *id)
{
	const struct affected *affected = &plan->affected;

	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];

		if (!is_asked(unit, runner, id))
			continue;
		plan->recorded++;
		if (find_selected(affected, unit))
			plan->selected++;
		else if (unit->duration > 0)
			plan->spared += unit->duration;
	}
	for (size_t i = 0; !id && i < affected->count; i++)
		plan->fresh += affected->units[i].file &&
			       !strcmp(affected->units[i].runner, runner);
}

int plan_make(struct plan *plan, struct map *map, const char *runner,
	const char *unit, struct err *err)
{
	struct query_units units = {0};
	int code;

	memset(plan, 0, sizeof(*plan));
	code = query_units(&units, map, err);
	if (code == 0)
		code = affected_find(&plan->affected, map, err);
	if (code == 0) {
		count(plan, &units, runner, unit);
		affected_arguments(
			&plan->affected, runner, false, NULL, &plan->arguments);
		arguments_order(
			&plan->arguments, &plan->affected, &units, runner);
	}
	query_units_release(&units);
	return code;
}

void plan_release(struct plan *plan)
{
	arguments_release(&plan->arguments);
	affected_release(&plan->affected);
}
