/* SPDX-License-Identifier: MIT */
/*
 * What a selection looks like on a runner's command line.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/id.h"
#include "config/config.h"
#include "map/left.h"
#include "map/project.h"
#include "runners/adapter.h"
#include "selector/affected.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The id that stands for all of its name's, where those may not be as was. */
static const char *group_of(
	const struct affected *affected, const struct affected_unit *unit)
{
	for (size_t i = 0; i < affected->group_count; i++)
		if (id_is_below(unit->id, affected->groups[i]))
			return affected->groups[i];
	return NULL;
}

static char *as_stored(const struct affected *affected,
	const struct affected_unit *unit, bool ids)
{
	size_t n = adapter_file_part(unit->runner, unit->id);
	const char *group = ids ? NULL : group_of(affected, unit);

	if (!unit->file && unit->whole_file && !ids && n)
		return xasprintf("%.*s", (int)n, unit->id);
	return xstrdup(group ? group : unit->id);
}

static size_t file_size(const struct affected_unit *unit)
{
	return adapter_file_size(unit->runner, unit->id);
}

static bool arguments_is_whole(const struct affected_unit *unit)
{
	return unit->whole_file || !unit->id[file_size(unit)];
}

static bool same_file(
	const struct affected_unit *a, const struct affected_unit *b)
{
	size_t n = file_size(a);

	return n && n == file_size(b) && !memcmp(a->id, b->id, n) &&
	       !strcmp(a->runner, b->runner);
}

/*
 * Units of one file lie side by side. Where one of them needs its whole file,
 * the others are in it.
 */
static bool *find_covered(const struct affected *affected)
{
	const struct affected_unit *units = affected->units;
	bool *covered = xcalloc(affected->count, sizeof(*covered));
	size_t end;

	for (size_t i = 0; i < affected->count; i = end) {
		bool whole = arguments_is_whole(&units[i]);

		for (end = i + 1; end < affected->count &&
				  same_file(&units[i], &units[end]);
			end++)
			whole |= arguments_is_whole(&units[end]);
		for (size_t k = i; whole && k < end; k++)
			covered[k] = !arguments_is_whole(&units[k]);
	}
	return covered;
}

/* Only what begins with a path can be seen from another directory. */
static char *argument_of(const struct affected *affected,
	const struct affected_unit *unit, bool ids,
	const struct project_here *here)
{
	const struct adapter *adapter = adapter_named(unit->runner);
	char *stored = as_stored(affected, unit, ids), *shown, *argument;

	if (!here || !adapter)
		return stored;
	shown = project_show(here, stored);
	free(stored);
	if (ids || !adapter->argument)
		return shown;
	argument = adapter->argument(shown);
	free(shown);
	return argument;
}

bool unit_is_check(const char *runner, const char *id)
{
	return !strcmp(runner, "command") &&
	       !strncmp(id, CHECK_UNIT, strlen(CHECK_UNIT));
}

bool affected_is_answer(
	const struct affected *affected, const char *runner, const char *id)
{
	return !unit_is_check(runner, id) &&
	       !(affected->has_tests && !strcmp(runner, "command"));
}

void affected_arguments(const struct affected *affected, const char *runner,
	bool ids, const struct project_here *here, const struct left *left,
	struct arguments *arguments)
{
	bool *covered = find_covered(affected);
	size_t unique = 0;

	memset(arguments, 0, sizeof(*arguments));
	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (runner ? strcmp(runner, unit->runner) != 0
			   : !affected_is_answer(
				     affected, unit->runner, unit->id))
			continue;
		if (left && !unit->file &&
			left_has(left, unit->id, file_size(unit)))
			continue;
		/* A name that is gone, of a file that is not, can need it. */
		if (!ids && (covered[i] || affected_is_gone(unit)))
			continue;
		*(char **)array_add(&arguments->list, &arguments->count,
			&arguments->room, sizeof(*arguments->list)) =
			argument_of(affected, unit, ids, here);
	}
	if (arguments->count)
		qsort(arguments->list, arguments->count,
			sizeof(*arguments->list), by_text);
	for (size_t i = 0; i < arguments->count; i++) {
		if (unique && !strcmp(arguments->list[unique - 1],
				      arguments->list[i]))
			free(arguments->list[i]);
		else
			arguments->list[unique++] = arguments->list[i];
	}
	arguments->count = unique;
	free(covered);
}

void arguments_release(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->list[i]);
	free(arguments->list);
	memset(arguments, 0, sizeof(*arguments));
}
