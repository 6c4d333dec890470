/* SPDX-License-Identifier: MIT */
#include "cli/test_full.h"

#include <stdio.h>

#include "map/variable.h"
#include "tracer/spawn.h"

/* Why there is nothing to compare with; NULL: there is. */
static const char *test_full_find_obstacle(const struct plan *plan)
{
	static char text[512];

	if (!plan_is_all(plan))
		return NULL;
	if (plan->decisive && !plan->asks)
		snprintf(text, sizeof(text),
			"%s changed, and the runner used it to find its tests",
			variable_shown(plan->decisive));
	else if (plan->known && plan->namesake)
		snprintf(text, sizeof(text),
			"%s has the name of another test file", plan->namesake);
	else
		return "no complete run of this command is recorded yet";
	return text;
}

void full_announce(const struct testing *testing)
{
	const struct plan *plan = &testing->plan;
	const char *obstacle = test_full_find_obstacle(plan);

	if (obstacle)
		note("all tests are run, and would be without --full too, so "
		     "nothing is compared: %s",
			obstacle);
	else
		note("all tests are run; without --full it would be %zu of "
		     "%s%s, because %s changed",
			plan->selected,
			counted(plan->recorded - plan->gone, "test", "tests"),
			new_text(plan->fresh),
			counted(plan->affected.changed, "file", "files"));
}

struct full full_count(const struct testing *testing, size_t failed)
{
	const struct results *results = &testing->results;
	struct full full = {.failed = failed};

	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->list[i];

		full.ran += result->ran && !result->selected && !*result->part;
	}
	return full;
}

void full_tell(const struct full *full, const struct testing *testing,
	const struct escaping *escaping)
{
	const char *spared = duration_text(testing->plan.spared);
	const char *ran = counted(full->ran, "test", "tests");

	if (spawn_signal())
		return;
	if (!full->ran)
		note("compared: all tests would have been run without --full");
	else if (!full->failed)
		note("compared: without --full %s would not have been run, "
		     "which saves %s; none of them failed",
			ran, spared);
	else
		note("compared: without --full %s would not have been run, "
		     "which saves %s; %zu of them failed: %zu escaped the "
		     "selection, %zu passed when run alone",
			ran, spared, full->failed, escaping->found.count,
			escaping->passed);
}
