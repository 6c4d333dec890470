/* SPDX-License-Identifier: MIT */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/config.h"
#include "map/smoke.h"
#include "selector/affected_search.h"

/* That a directory holds other names, which nobody reads, is no edit. */
static bool affected_smoke_counts(const struct change *change)
{
	return strcmp(change->what, "listing") != 0;
}

/* Of what the changed files are now, not of what they were. */
static void note_changes(
	struct affected *affected, const struct changes *changes)
{
	affected->smoke = xcalloc(changes->count, sizeof(*affected->smoke));
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];
		const struct identity *is =
			&changes->files.files[change->file].identity;
		int64_t numbers[4] = {is->size, is->mtime, is->ctime, is->mode};
		struct print parts[2] = {
			print_bytes(change->path, strlen(change->path), 0),
			print_bytes(numbers, sizeof(numbers), 0)};

		if (affected_smoke_counts(change))
			affected->smoke[affected->smoke_count++] =
				print_bytes(parts, sizeof(parts), 0);
	}
}

/* The name that a pattern gives a label, or NULL: it is a glob over ids. */
static const char *label_of(const char *pattern)
{
	if (!strncmp(pattern, "marker:", 7))
		return pattern + 7;
	return strncmp(pattern, "label:", 6) ? NULL : pattern + 6;
}

/* Checks are no tests: `ftrace check` alone knows when they are to run. */
static void affected_smoke_select_one(
	struct search *search, size_t i, const char *pattern)
{
	const struct query_unit *unit = &search->units.units[i];

	if (!unit_is_check(unit->runner, unit->id))
		search_add_reason(search_select(search, i), UNIT_RERUN, "smoke",
			NULL, pattern, NULL);
}

static int select_labelled(
	struct search *search, const char *label, const char *pattern)
{
	struct query_hits hits = {0};
	int64_t *scopes = NULL;
	size_t count = 0;
	int code = query_labelled(
		&scopes, &count, search->map, label, search->err);

	if (code == 0)
		code = query_dependents(&hits, search->map, NULL, 0, scopes,
			count, search->err);
	for (size_t i = 0; code == 0 && i < search->units.count; i++)
		if (query_hits_find(&hits, search->units.units[i].scope) !=
			HIT_NONE)
			affected_smoke_select_one(search, i, pattern);
	query_hits_release(&hits);
	free(scopes);
	return code;
}

static int select_pattern(struct search *search, const char *pattern)
{
	const char *label = label_of(pattern);

	if (label)
		return select_labelled(search, label, pattern);
	for (size_t i = 0; i < search->units.count; i++)
		if (fnmatch(pattern, search->units.units[i].id, 0) == 0)
			affected_smoke_select_one(search, i, pattern);
	return 0;
}

static bool is_stale(const struct affected_unit *unit)
{
	for (size_t i = 0; i < unit->reason_count; i++)
		if (unit->reasons[i].state == UNIT_STALE)
			return true;
	return false;
}

/* A linter reads everything, and spares no test for that. */
static bool any_stale(const struct affected *affected)
{
	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (!unit_is_check(unit->runner, unit->id) && is_stale(unit))
			return true;
	}
	return false;
}

int search_smoke(struct search *search, const struct changes *changes)
{
	struct affected *affected = search->affected;
	struct config config;
	struct err err;
	bool done = false;
	int code = 0;

	if (any_stale(affected))
		return 0;
	if (config_load(&config, search->map->root, &err) < 0) {
		affected->config_problem = xstrdup(err.text);
	} else if (config.smoke.count) {
		note_changes(affected, changes);
		code = smoke_is_done(&done, search->map, affected->smoke,
			affected->smoke_count, search->err);
		for (size_t i = 0; code == 0 && !done && i < config.smoke.count;
			i++)
			code = select_pattern(search, config.smoke.items[i]);
	}
	config_release(&config);
	return code;
}
