/* SPDX-License-Identifier: MIT */
#include "selector/affected_search.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "config/flaky.h"
#include "map/query_check.h"
#include "runners/adapter.h"
#include "selector/incomplete.h"
#include "selector/new_files.h"

const char *unit_state_name(enum unit_state state)
{
	static const char *const names[] = {"hit", "stale", "miss", "rerun"};

	return names[state];
}

static int select_incomplete(struct search *search)
{
	char **reasons = NULL;
	int code = incomplete_find(
		&reasons, search->map, &search->units, search->err);

	for (size_t i = 0; code == 0 && i < search->units.count; i++)
		if (reasons[i])
			search_add_reason(search_select(search, i), UNIT_RERUN,
				"incomplete", NULL, reasons[i], NULL);
	incomplete_release(reasons, &search->units);
	return code;
}

static void select_by_outcome(struct search *search)
{
	for (size_t i = 0; i < search->units.count; i++) {
		const char *outcome = search->units.units[i].outcome;

		if (!outcome)
			search_add_reason(search_select(search, i), UNIT_MISS,
				"new", NULL, "it has not run yet", NULL);
		else if (!strcmp(outcome, "failed") ||
			 !strcmp(outcome, "error"))
			search_add_reason(search_select(search, i), UNIT_RERUN,
				"failed", NULL, NULL, NULL);
	}
}

/* By its own or by a case of it. */
static bool is_flaky(
	const struct flaky_units *flaky, const struct query_unit *unit)
{
	size_t i = flaky_units_place(flaky, unit->runner, unit->id);

	return i < flaky->count &&
	       !strcmp(flaky->list[i].runner, unit->runner) &&
	       !strcmp(flaky->list[i].id, unit->id);
}

static int select_flaky(struct search *search)
{
	struct flaky_units flaky;
	int code = flaky_load(&flaky, &search->affected->flaky_problem,
		search->map, search->err);

	if (code < 0)
		return code;
	for (size_t i = 0; flaky.count && i < search->units.count; i++)
		if (is_flaky(&flaky, &search->units.units[i]))
			search_add_reason(search_select(search, i), UNIT_RERUN,
				"flaky", NULL,
				"it has passed and failed with nothing changed",
				NULL);
	flaky_units_release(&flaky);
	return 0;
}

static int select_new(struct search *search, const struct changes *changes)
{
	struct affected *affected = search->affected;
	struct new_file *files = NULL;
	size_t count = 0;
	int code = new_files_find(
		&files, &count, search->map, changes, search->err);

	for (size_t i = 0; i < count; i++) {
		struct affected_unit *unit = array_add(&affected->units,
			&affected->count, &affected->room, sizeof(*unit));

		unit->runner = xstrdup(files[i].runner);
		unit->id = files[i].path;
		unit->file = true;
		search_add_reason(
			unit, UNIT_MISS, "new", files[i].path, NULL, NULL);
	}
	free(files);
	return code;
}

static void lose_file(struct affected_unit *unit)
{
	unit->gone = true;
	unit->whole_file = false;
}

/* By id, so that the units of one file come together: it is looked up once. */
static void selector_affected_find_gone(
	struct affected *affected, const char *root)
{
	const struct affected_unit *last = NULL;
	size_t last_part = 0;
	bool last_gone = false;

	for (size_t i = 0; i < affected->count; i++) {
		struct affected_unit *unit = &affected->units[i];
		size_t n = unit->file
				   ? 0
				   : adapter_file_size(unit->runner, unit->id);
		struct stat st;
		char *path;

		if (!n)
			continue;
		if (last && n == last_part && !memcmp(unit->id, last->id, n)) {
			if (last_gone)
				lose_file(unit);
			continue;
		}
		last = unit;
		last_part = n;
		path = *unit->id == '/'
			       ? xasprintf("%.*s", (int)n, unit->id)
			       : xasprintf("%s/%.*s", root, (int)n, unit->id);
		last_gone = stat(path, &st) < 0;
		if (last_gone)
			lose_file(unit);
		free(path);
	}
}

static int selector_affected_by_id(const void *a, const void *b)
{
	const struct affected_unit *x = a, *y = b;
	int order = strcmp(x->runner, y->runner);

	return order ? order : strcmp(x->id, y->id);
}

static void count_answers(struct search *search)
{
	struct affected *affected = search->affected;

	for (size_t i = 0; i < search->units.count; i++)
		affected->has_tests |=
			adapter_named(search->units.units[i].runner) != NULL;
	for (size_t i = 0; i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];

		if (!affected_is_answer(affected, unit->runner, unit->id))
			continue;
		affected->recorded++;
		if (!search->places[i] && unit->duration > 0)
			affected->spared += unit->duration;
	}
}

static void list_changed(
	struct affected *affected, const struct changes *changes)
{
	affected->variables = changes->variables;
	affected->changed = changes->count;
	affected->paths = xcalloc(changes->count, sizeof(*affected->paths));
	for (size_t i = 0; i < changes->count; i++)
		affected->paths[i] = xstrdup(changes->list[i].path);
}

static int selector_affected_find(struct affected *affected, struct map *map,
	struct git_set *set, struct err *err)
{
	struct search search = {
		.affected = affected, .map = map, .set = set, .err = err};
	struct narrowing narrowing = {0};
	struct changes changes;
	int code;

	code = changes_find_recalling(&changes, map, err);
	if (code == 0 && !set)
		list_changed(affected, &changes);
	if (code == 0 && !set)
		code = narrowing_find(&narrowing, &changes, map, err);
	if (code == 0)
		code = search_open(&search);
	if (code < 0)
		goto out;
	/* First by what is on disk: git's sides are pretended after that. */
	code = select_new(&search, &changes);
	if (code == 0)
		code = set ? search_in_set(&search, &changes)
			   : search_changes(&search, &changes, &narrowing);
	if (code == 0)
		code = search_lost(&search);
	if (code == 0)
		code = select_incomplete(&search);
	if (code < 0)
		goto out;
	select_by_outcome(&search);
	code = select_flaky(&search);
	if (code == 0)
		code = search_smoke(&search, &changes);
	if (code < 0)
		goto out;
	count_answers(&search);
	if (affected->count)
		qsort(affected->units, affected->count,
			sizeof(*affected->units), selector_affected_by_id);
	selector_affected_find_gone(affected, map->root);
	affected->hashed = changes.files.hashed;
	if (changes.reader.problems)
		affected->problem = xstrdup(changes.reader.problem);
out:
	search_close(&search);
	narrowing_release(&narrowing);
	changes_release(&changes);
	return code;
}

int affected_find(struct affected *affected, struct map *map, struct err *err)
{
	return affected_find_in(affected, map, NULL, err);
}

int affected_find_in(struct affected *affected, struct map *map,
	struct git_set *set, struct err *err)
{
	int code = map_enter(map, err);

	memset(affected, 0, sizeof(*affected));
	if (code < 0)
		return code;
	code = selector_affected_find(affected, map, set, err);
	map_leave(map, NULL);
	return code;
}

void affected_release(struct affected *affected)
{
	for (size_t i = 0; i < affected->count; i++) {
		struct affected_unit *unit = &affected->units[i];

		for (size_t k = 0; k < unit->reason_count; k++) {
			free(unit->reasons[k].path);
			free(unit->reasons[k].text);
			free(unit->reasons[k].by);
		}
		free(unit->reasons);
		free(unit->runner);
		free(unit->id);
	}
	free(affected->units);
	for (size_t i = 0; i < affected->group_count; i++)
		free(affected->groups[i]);
	free(affected->groups);
	for (size_t i = 0; i < affected->changed; i++)
		free(affected->paths[i]);
	free(affected->paths);
	free(affected->problem);
	free(affected->flaky_problem);
	free(affected->config_problem);
	free(affected->smoke);
	for (size_t i = 0; i < affected->decisive_count; i++)
		free(affected->decisive[i].path);
	free(affected->decisive);
	memset(affected, 0, sizeof(*affected));
}

const struct affected_unit *affected_find_unit(
	const struct affected *affected, const char *runner, const char *id)
{
	const struct affected_unit wanted = {
		.runner = (char *)runner, .id = (char *)id};
	const struct affected_unit *found =
		affected->count
			? bsearch(&wanted, affected->units, affected->count,
				  sizeof(wanted), selector_affected_by_id)
			: NULL;

	/* A new file or name can have its id, too. */
	if (found && found->file && found > affected->units &&
		selector_affected_by_id(found - 1, found) == 0)
		found--;
	else if (found && found->file &&
		 found + 1 < affected->units + affected->count &&
		 selector_affected_by_id(found + 1, found) == 0)
		found++;
	return found && !found->file ? found : NULL;
}
