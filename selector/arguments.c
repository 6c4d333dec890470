/* SPDX-License-Identifier: MIT */
/*
 * What a selection looks like on a runner's command line.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/adapter.h"
#include "map/alloc.h"
#include "selector/affected.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *argument_of(const struct affected_unit *unit, bool ids)
{
	const struct adapter *adapter = adapter_named(unit->runner);

	if (!unit->file && unit->whole_file && !ids && adapter)
		return xasprintf(
			"%.*s", (int)adapter->file_part(unit->id), unit->id);
	return xstrdup(unit->id);
}

/*
 * Units of one file lie side by side. Where one of them needs its whole file,
 * the others are in it.
 */
static bool *find_covered(const struct affected *affected)
{
	bool *covered = xcalloc(affected->count, sizeof(*covered));
	size_t first = 0;

	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];
		const struct adapter *adapter = adapter_named(unit->runner);
		size_t n = adapter && !unit->file ? adapter->file_part(unit->id)
						  : 0;

		if (!n || strncmp(affected->units[first].id, unit->id, n + 2))
			first = i;
		if (!n || !unit->whole_file)
			continue;
		/* Those before it in the file, and all that follow. */
		for (size_t k = first;
			k < affected->count &&
			!strncmp(affected->units[k].id, unit->id, n + 2);
			k++)
			covered[k] = !affected->units[k].whole_file;
		while (i + 1 < affected->count &&
			!strncmp(affected->units[i + 1].id, unit->id, n + 2))
			i++;
	}
	return covered;
}

void affected_arguments(const struct affected *affected, const char *runner,
	bool ids, struct arguments *arguments)
{
	bool *covered = find_covered(affected);
	size_t unique = 0;

	memset(arguments, 0, sizeof(*arguments));
	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (runner && strcmp(runner, unit->runner) != 0)
			continue;
		if (!ids && (unit->gone || covered[i]))
			continue;
		*(char **)array_add(&arguments->list, &arguments->count,
			&arguments->room, sizeof(*arguments->list)) =
			argument_of(unit, ids);
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
