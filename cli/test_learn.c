/* SPDX-License-Identifier: MIT */
#include "cli/test_learn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "cli/output.h"
#include "cli/record.h"
#include "map/smoke.h"
#include "outcomes/flaky_learn.h"
#include "tracer/spawn.h"

/* What is told of by name; of the others, how many there are. */
#define TOLD_MOST 10

/* Whether the command came to its end, with tests that failed. */
static bool test_learn_has_failed(const struct testing *testing, int status)
{
	if (!WIFEXITED(status))
		return false;
	return testing->adapter && !testing->wraps
		       ? testing->adapter->end(WEXITSTATUS(status)) ==
				 RUNNER_FAILED
		       : WEXITSTATUS(status) != 0;
}

static int retry_once(struct testing *testing, struct result **failed,
	size_t count, int *status)
{
	char **ids = xcalloc(count + 1, sizeof(*ids));
	struct run_result result;
	int code;

	for (size_t i = 0; i < count; i++)
		ids[i] = failed[i]->id;
	code = testing_run(testing, ids, count, &result);
	free(ids);
	if (code)
		return code;
	if (!result.recorded)
		record_tell(NULL, &result, true);
	*status = result.status;
	run_result_release(&result);
	return 0;
}

int test_retry(struct testing *testing, unsigned retries, int *status)
{
	int code = 0;

	for (unsigned i = 0;
		i < retries && test_learn_has_failed(testing, *status) &&
		!spawn_signal();
		i++) {
		size_t count;
		struct result **failed = testing_failed(testing, &count);

		if (count) {
			note("%s failed; run again, %u of %u",
				counted(count, "test", "tests"), i + 1,
				retries);
			code = retry_once(testing, failed, count, status);
		}
		free(failed);
		if (code || !count)
			break;
	}
	return code;
}

static void tell_units(const struct flaky_units *units, const char *text)
{
	for (size_t i = 0; i < units->count && i < TOLD_MOST; i++) {
		const struct flaky_unit *unit = &units->list[i];

		note("%s: %s%s%s", text, unit->id, *unit->part ? ": " : "",
			unit->part);
	}
	if (units->count > TOLD_MOST)
		note("%s: %zu more", text, units->count - TOLD_MOST);
}

/* told: what was said of the list before the run, or NULL. */
static void tell_news(const struct flaky_news *news, const char *told)
{
	if (news->problem && (!told || strcmp(told, news->problem) != 0))
		note("%s", news->problem);
	tell_units(&news->found,
		"flaky, as it passed and failed with nothing changed");
	tell_units(&news->dropped,
		"no longer listed as flaky, as there are too many");
}

/* Nothing to learn, and nothing that is known is most of what happens. */
static bool any_ran(const struct testing *testing)
{
	for (size_t i = 0; i < testing->results.count; i++)
		if (testing->results.list[i].ran)
			return true;
	return false;
}

static bool is_for_smoke(const struct affected_unit *unit)
{
	for (size_t i = 0; i < unit->reason_count; i++)
		if (!strcmp(unit->reasons[i].what, "smoke"))
			return !unit->gone;
	return false;
}

/* Whether all of every runner's that is to be run for smoke did, and passed. */
static bool smoke_passed(struct testing *testing)
{
	const struct affected *affected = &testing->plan.affected;
	bool any = false;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];
		const struct result *result;

		if (!is_for_smoke(unit))
			continue;
		result = results_find(
			&testing->results, unit->runner, unit->id, "");
		if (!result || !result->ran || !result->outcome ||
			outcome_is_failure(result->outcome))
			return false;
		any = true;
	}
	return any;
}

void test_learn(struct testing *testing,
	bool (*is_old_news)(const struct result *result, void *data),
	void *data, bool quiet)
{
	struct flaky_news news = {.problem = NULL};
	struct map map;
	struct err err;
	int code;

	if (!any_ran(testing))
		return;
	code = map_open(&map, testing->root, MAP_QUERY, &err);
	if (code == 0) {
		code = map_begin(&map, &err);
		if (code == 0)
			code = flaky_learn(&news, &testing->results,
				is_old_news, data, &map, &err);
		if (code == 0 && smoke_passed(testing))
			code = smoke_set_done(&map,
				testing->plan.affected.smoke,
				testing->plan.affected.smoke_count, &err);
		if (code == 0)
			code = map_commit(&map, &err);
		else
			map_rollback(&map);
		map_close(&map);
	}
	if (code < 0 && code != MAP_MISSING)
		note("the list of flaky tests could not be stored: %s",
			err.text);
	else if (!quiet || news.problem || news.dropped.count)
		tell_news(&news, testing->plan.affected.flaky_problem);
	flaky_news_release(&news);
}
