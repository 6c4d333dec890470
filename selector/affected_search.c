/* SPDX-License-Identifier: MIT */
#include "selector/affected_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/query_check.h"
#include "runners/adapter.h"

static int affected_search_by_name(const void *a, const void *b)
{
	const struct query_name *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Those that are not of the newest look at their directory. */
static int find_discovers(struct search *search)
{
	struct query_name *latest = NULL, *all = NULL;
	size_t latest_count = 0, count = 0, room = 0, old = 0, old_room = 0;
	struct interner names = {0};
	int code = query_names(&latest, &latest_count, search->map,
		SCOPE_DISCOVER, search->err);

	if (code == 0)
		code = query_all_names(
			&all, &count, search->map, SCOPE_DISCOVER, search->err);
	for (size_t i = 0; i < latest_count; i++)
		intern(&names, latest[i].name, strlen(latest[i].name));
	for (size_t i = 0; code == 0 && i < count; i++) {
		uint32_t n =
			intern_find(&names, all[i].name, strlen(all[i].name));

		*(int64_t *)array_add(&search->discovers,
			&search->discover_count, &room, sizeof(int64_t)) =
			all[i].scope;
		*(bool *)array_add(&search->discovered_since, &old, &old_room,
			sizeof(bool)) =
			n != INTERN_NONE && latest[n].scope != all[i].scope;
	}
	query_names_release(latest, latest_count);
	query_names_release(all, count);
	interner_release(&names);
	return code;
}

int search_open(struct search *search)
{
	struct map *map = search->map;
	struct err *err = search->err;
	int code = query_units(&search->units, map, err);

	if (code == 0)
		code = query_names(&search->collected, &search->collected_count,
			map, SCOPE_COLLECT, err);
	if (code == 0)
		code = query_bases(
			&search->bases, &search->base_count, map, err);
	if (code == 0)
		code = find_discovers(search);
	if (code == 0)
		code = query_of_kind(&search->opaques, &search->opaque_count,
			map, SCOPE_OPAQUE, err);
	if (code == 0 && search->collected_count)
		qsort(search->collected, search->collected_count,
			sizeof(*search->collected), affected_search_by_name);
	search->places = xcalloc(search->units.count, sizeof(*search->places));
	return code;
}

void search_close(struct search *search)
{
	free(search->places);
	free(search->bases);
	free(search->discovers);
	free(search->discovered_since);
	free(search->opaques);
	query_hits_release(&search->stale);
	query_names_release(search->collected, search->collected_count);
	query_units_release(&search->units);
}

struct affected_unit *search_select(struct search *search, size_t i)
{
	struct affected *affected = search->affected;
	const struct query_unit *unit = &search->units.units[i];
	struct affected_unit *selected;

	if (search->places[i])
		return &affected->units[search->places[i] - 1];
	selected = array_add(&affected->units, &affected->count,
		&affected->room, sizeof(*selected));
	selected->runner = xstrdup(unit->runner);
	selected->id = xstrdup(unit->id);
	search->places[i] = affected->count;
	return selected;
}

void search_add_reason(struct affected_unit *unit, enum unit_state state,
	const char *what, const char *path, const char *text, const char *by)
{
	struct reason *reason = array_add(&unit->reasons, &unit->reason_count,
		&unit->reason_room, sizeof(*reason));

	reason->state = state;
	reason->what = what;
	reason->path = path ? xstrdup(path) : NULL;
	reason->text = text ? xstrdup(text) : NULL;
	reason->by = by ? xstrdup(by) : NULL;
	/* The first reason names the state; a change outweighs a policy. */
	if (unit->state == UNIT_HIT || state == UNIT_STALE)
		unit->state = state;
}

bool search_has_reason(const struct search *search,
	const struct affected_unit *unit, const char *path)
{
	for (size_t i = 0; search->set && i < unit->reason_count; i++)
		if (unit->reasons[i].path &&
			!strcmp(unit->reasons[i].path, path))
			return true;
	return false;
}

bool search_is_meant(const struct meant *meant, int64_t scope)
{
	for (size_t i = 0; i < meant->count; i++)
		if (query_hits_find(meant->hits[i], scope) == HIT_NONE)
			return false;
	return true;
}

/* Whether a current collection of the file of `n` bytes is meant. */
static bool any_collected(const struct search *search,
	const struct meant *meant, const char *file, size_t n)
{
	size_t low = 0, high = search->collected_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *name = search->collected[middle].name;
		int order = strncmp(name, file, n);

		if (!order && !name[n])
			return search_is_meant(
				meant, search->collected[middle].scope);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool any_meant(
	const struct meant *meant, const int64_t *scopes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (search_is_meant(meant, scopes[i]))
			return true;
	return false;
}

static bool is_noted(const struct affected *affected, int64_t scope)
{
	for (size_t i = 0; i < affected->decisive_count; i++)
		if (affected->decisive[i].scope == scope)
			return true;
	return false;
}

/* Whether a unit depends on a scope; yes where that cannot be told. */
static bool leads_to_unit(const struct search *search, int64_t scope)
{
	struct query_hits hits = {0};
	bool yes = query_dependents(&hits, search->map, NULL, 0, &scope, 1,
			   search->err) < 0;

	for (size_t i = 0; !yes && i < search->units.count; i++)
		yes = query_hits_find(&hits, search->units.units[i].scope) !=
		      HIT_NONE;
	query_hits_release(&hits);
	return yes;
}

/*
 * since: of each whether its directory was looked at since. By such a one no
 * unit may have been found: only a file without tests holds on to it then, and
 * it says nothing. NULL: of none.
 */
static void note_meant(struct search *search, const struct meant *meant,
	const int64_t *scopes, const bool *since, size_t count,
	const char *path)
{
	struct affected *affected = search->affected;

	for (size_t i = 0; i < count; i++)
		if (search_is_meant(meant, scopes[i]) &&
			!is_noted(affected, scopes[i]) &&
			(!since || !since[i] ||
				leads_to_unit(search, scopes[i])))
			*(struct decisive *)array_add(&affected->decisive,
				&affected->decisive_count,
				&affected->decisive_room,
				sizeof(struct decisive)) = (struct decisive){
				.scope = scopes[i], .path = xstrdup(path)};
}

void search_note_decisive(
	struct search *search, const struct meant *meant, const char *path)
{
	/* How it was before does not say what tests there are. */
	if (search->pretended && search->side == GIT_OLD)
		return;
	note_meant(
		search, meant, search->bases, NULL, search->base_count, path);
	note_meant(search, meant, search->discovers, search->discovered_since,
		search->discover_count, path);
}

bool search_collected_anew(const struct search *search,
	const struct meant *meant, const struct query_unit *unit)
{
	size_t n = adapter_file_part(unit->runner, unit->id);

	if (!n)
		return false;
	return any_meant(meant, search->bases, search->base_count) ||
	       any_collected(search, meant, unit->id, n);
}

bool search_is_here(const struct search *search, const char *path)
{
	const struct git_entry *entry;

	if (!search->pretended)
		return true;
	entry = git_set_entry(search->set, path);
	return search->side == GIT_NEW &&
	       (!entry || entry->sides[GIT_NEW].kind == GIT_ON_DISK);
}
