/* SPDX-License-Identifier: MIT */
#include "outcomes/results.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/variable.h"

static bool results_is_one_of(const char *outcome, const char *a, const char *b)
{
	return outcome && (!strcmp(outcome, a) || !strcmp(outcome, b));
}

bool outcome_is_failure(const char *outcome)
{
	return results_is_one_of(outcome, "failed", "error");
}

bool outcome_is_success(const char *outcome)
{
	return results_is_one_of(outcome, "passed", "xfailed");
}

static char *results_copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

char *results_reason_text(const struct reason *reason)
{
	return xasprintf("%s%s%s%s%s",
		reason->path ? variable_shown(reason->path) : "",
		reason->path ? " " : "", reason->what, reason->text ? ": " : "",
		reason->text ? reason->text : "");
}

/* Each part with its end, so that no others give the same. */
static char *results_name_of(
	size_t *size, const char *runner, const char *id, const char *part)
{
	*size = strlen(runner) + strlen(id) + strlen(part) + 2;
	return xasprintf("%s%c%s%c%s", runner, 0, id, 0, part);
}

struct result *results_place(struct results *results, const char *runner,
	const char *id, const char *part)
{
	size_t size;
	char *name = results_name_of(&size, runner, id, part);
	uint32_t i = intern(&results->names, name, size);
	struct result *result;

	free(name);
	if (i < results->count)
		return &results->list[i];
	result = array_add(&results->list, &results->count, &results->room,
		sizeof(*result));
	result->runner = xstrdup(runner);
	result->id = xstrdup(id);
	result->part = xstrdup(part);
	result->duration = -1;
	return result;
}

struct result *results_find(struct results *results, const char *runner,
	const char *id, const char *part)
{
	size_t size;
	char *name = results_name_of(&size, runner, id, part);
	uint32_t i = intern_find(&results->names, name, size);

	free(name);
	return i == INTERN_NONE ? NULL : &results->list[i];
}

/* The change of a file outweighs a policy, as it does in the state. */
static const struct reason *first_reason(const struct affected_unit *unit)
{
	for (size_t i = 0; i < unit->reason_count; i++)
		if (unit->reasons[i].state == unit->state)
			return &unit->reasons[i];
	return unit->reason_count ? unit->reasons : NULL;
}

static void take_reasons(
	struct result *result, const struct affected_unit *unit)
{
	const struct reason *first = first_reason(unit);

	result->state = unit->state;
	result->selected = true;
	result->reason = first ? results_reason_text(first) : NULL;
	for (size_t i = 0; i < unit->reason_count; i++) {
		const struct reason *reason = &unit->reasons[i];

		result->changed |= reason->state == UNIT_STALE;
		result->incomplete |= !strcmp(reason->what, "incomplete");
	}
}

void results_begin(struct results *results, const struct plan *plan,
	const struct plan_command *command)
{
	memset(results, 0, sizeof(*results));
	for (size_t i = 0; i < plan->units.count; i++) {
		const struct query_unit *unit = &plan->units.units[i];
		const struct affected_unit *affected;
		struct result *result;

		if (strcmp(unit->runner, command->runner) != 0 ||
			(command->unit && strcmp(unit->id, command->unit)) ||
			plan_leaves(&plan->left, unit->runner, unit->id))
			continue;
		affected = affected_find_unit(
			&plan->affected, unit->runner, unit->id);
		result = results_place(results, unit->runner, unit->id, "");
		result->before = results_copy(unit->outcome);
		result->outcome = results_copy(unit->outcome);
		result->duration = unit->duration;
		result->gone = affected && affected_is_gone(affected);
		if (affected && !result->gone)
			take_reasons(result, affected);
		/* Of what git does not know something may have. */
		result->changed |= command->set != NULL;
		result->elsewhere =
			!unit->place || strcmp(unit->place, command->directory);
		/* It is another command's, of whose words the line is, too. */
		if (command->unit && !plan->known) {
			result->state = UNIT_MISS;
			result->selected = result->changed = true;
		}
	}
}

void results_end(struct results *results, const struct result *end)
{
	size_t known = results->count;
	struct result *result =
		results_place(results, end->runner, end->id, end->part);

	if (results->count > known) {
		result->state = end->state;
		result->selected = true;
		result->changed = end->changed;
		result->before = results_copy(end->before);
		result->reason = results_copy(end->reason);
	}
	if (result->ran)
		*(char **)array_add(&result->attempts, &result->attempt_count,
			&result->attempt_room, sizeof(*result->attempts)) =
			result->outcome ? result->outcome : xstrdup("lost");
	else
		free(result->outcome);
	result->outcome = results_copy(end->outcome);
	result->duration = end->duration;
	result->ran = true;
	result->gone = false;
	result->incomplete |= end->incomplete;
}

void results_forget(struct results *results, const struct query_units *units)
{
	struct interner names = {0};

	for (size_t i = 0; i < units->count; i++) {
		const struct query_unit *unit = &units->units[i];
		char *name = xasprintf("%s/%s", unit->runner, unit->id);

		intern(&names, name, strlen(name));
		free(name);
	}
	for (size_t i = 0; i < results->count; i++) {
		struct result *result = &results->list[i];
		char *name = xasprintf("%s/%s", result->runner, result->id);

		result->gone |=
			!result->ran &&
			intern_find(&names, name, strlen(name)) == INTERN_NONE;
		free(name);
	}
	interner_release(&names);
}

void results_release(struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		struct result *result = &results->list[i];

		for (size_t k = 0; k < result->attempt_count; k++)
			free(result->attempts[k]);
		free(result->attempts);
		free(result->runner);
		free(result->id);
		free(result->part);
		free(result->before);
		free(result->outcome);
		free(result->reason);
	}
	free(results->list);
	interner_release(&results->names);
	memset(results, 0, sizeof(*results));
}
