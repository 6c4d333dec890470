/* SPDX-License-Identifier: MIT */
#include "outcomes/flaky_learn.h"

#include <stdlib.h>
#include <string.h>

/* Both in one run, or otherwise than before with nothing changed. */
static bool ended_both_ways(const struct result *result)
{
	bool failed = outcome_is_failure(result->outcome);
	bool passed = outcome_is_success(result->outcome);

	for (size_t i = 0; i < result->attempt_count; i++) {
		failed |= outcome_is_failure(result->attempts[i]);
		passed |= outcome_is_success(result->attempts[i]);
	}
	if (!result->changed && !result->incomplete && !result->elsewhere) {
		failed |= outcome_is_failure(result->before);
		passed |= outcome_is_success(result->before);
	}
	return failed && passed;
}

static void count_end(struct flaky_unit *unit, const char *outcome)
{
	unit->failed += outcome_is_failure(outcome);
	unit->passed += outcome_is_success(outcome);
}

static void flaky_learn_one(struct flaky_units *units, struct flaky_news *news,
	struct result *result, int64_t now)
{
	struct flaky_unit *unit = flaky_units_find(
		units, result->runner, result->id, result->part);

	if (!unit) {
		if (!ended_both_ways(result))
			return;
		unit = flaky_units_add(
			units, result->runner, result->id, result->part);
		unit->since = now;
		flaky_units_copy(&news->found, unit);
	}
	result->flaky = true;
	unit->latest = now;
	for (size_t i = 0; i < result->attempt_count; i++)
		count_end(unit, result->attempts[i]);
	count_end(unit, result->outcome);
}

static void drop_oldest(struct flaky_units *units, struct flaky_news *news)
{
	while (units->count > FLAKY_MOST) {
		struct flaky_unit *oldest = units->list;

		for (size_t i = 1; i < units->count; i++)
			if (units->list[i].since < oldest->since)
				oldest = &units->list[i];
		flaky_units_copy(&news->dropped, oldest);
		flaky_units_remove(units, oldest);
	}
}

int flaky_learn(struct flaky_news *news, struct results *results,
	bool (*is_old_news)(const struct result *result, void *data),
	void *data, struct map *map, struct err *err)
{
	struct flaky_units units;
	int64_t now = flaky_now();
	int code;

	memset(news, 0, sizeof(*news));
	code = flaky_load(&units, &news->problem, map, err);
	if (code < 0)
		return code;
	for (size_t i = 0; i < results->count; i++) {
		struct result *result = &results->list[i];

		if (result->ran && !(is_old_news && is_old_news(result, data)))
			flaky_learn_one(&units, news, result, now);
	}
	drop_oldest(&units, news);
	code = flaky_store(&units, &news->problem, map, err);
	flaky_units_release(&units);
	return code;
}

void flaky_news_release(struct flaky_news *news)
{
	flaky_units_release(&news->found);
	flaky_units_release(&news->dropped);
	free(news->problem);
}
