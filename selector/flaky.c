/* SPDX-License-Identifier: MIT */
#include "selector/flaky.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "selector/config.h"
#include "selector/flaky_file.h"

int64_t flaky_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

char *flaky_list_path(const char *root)
{
	struct config config;
	struct err err;
	char *path;

	/* Whoever needs more of it says what is wrong with it. */
	if (config_load(&config, root, &err) < 0 || !config.flaky)
		path = xasprintf("%s/" CONFIG_FLAKY, root);
	else
		path = xasprintf("%s/%s", root, config.flaky);
	config_release(&config);
	return path;
}

static struct flaky_unit *add_copy(
	struct flaky_units *units, const struct flaky_unit *from)
{
	struct flaky_unit *unit =
		flaky_units_add(units, from->runner, from->id, from->part);

	unit->since = from->since;
	unit->latest = from->latest;
	unit->passed = from->passed;
	unit->failed = from->failed;
	return unit;
}

/* Those of the list, with what the map knows of them. */
static void join(struct flaky_units *units, struct flaky_units *list)
{
	for (size_t i = units->count; i-- > 0;) {
		struct flaky_unit *unit = &units->list[i];

		if (!flaky_units_find(list, unit->runner, unit->id, unit->part))
			flaky_units_remove(units, unit);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct flaky_unit *from = &list->list[i];

		if (!flaky_units_find(
			    units, from->runner, from->id, from->part))
			add_copy(units, from);
	}
}

int flaky_load(struct flaky_units *units, char **problem, struct map *map,
	struct err *err)
{
	struct flaky_units list;
	struct err list_err;
	char *path;
	int code = flaky_units_load(units, map, err);

	*problem = NULL;
	if (code < 0)
		return code;
	path = flaky_list_path(map->root);
	code = flaky_file_read(&list, path, &list_err);
	free(path);
	if (code < 0)
		*problem = xstrdup(list_err.text);
	if (code == 0)
		join(units, &list);
	if (code == 0)
		flaky_units_release(&list);
	return 0;
}

int flaky_store(const struct flaky_units *units, char **problem,
	struct map *map, struct err *err)
{
	char *path = flaky_list_path(map->root);
	struct err list_err;
	int code = flaky_units_store(units, map, err);

	/* One that cannot be read is not written over. */
	if (code == 0 && !*problem && access(path, F_OK) == 0 &&
		flaky_file_write(units, path, &list_err) < 0)
		*problem = xstrdup(list_err.text);
	free(path);
	return code;
}

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

static void learn(struct flaky_units *units, struct flaky_news *news,
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
		add_copy(&news->found, unit);
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
		add_copy(&news->dropped, oldest);
		flaky_units_remove(units, oldest);
	}
}

int flaky_learn(struct flaky_news *news, struct results *results,
	bool (*apart)(const struct result *result, void *data), void *data,
	struct map *map, struct err *err)
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

		if (result->ran && !(apart && apart(result, data)))
			learn(&units, news, result, now);
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
