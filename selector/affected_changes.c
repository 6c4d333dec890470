/* SPDX-License-Identifier: MIT */
/*
 * Those whom changed files concern.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "selector/affected_search.h"

/* Above this many changed files their reasons are not told apart. */
#define CHANGES_APART 64

/* Why all who depend on a state are concerned, to be freed; or NULL. */
static char *whole_text(const struct narrowing *narrowing, int64_t state)
{
	const struct narrowed *narrowed = narrowing_of(narrowing, state);

	return narrowed && narrowed->whole && narrowed->reason
		       ? xasprintf("as a whole: %s", narrowed->reason)
		       : NULL;
}

static int select_changed(struct search *search, const struct change *change,
	const struct narrowing *narrowing)
{
	const char *what = change->what, *path = change->path;
	struct query_hits hits = {0};
	struct meant meant = {{&hits}, 1};
	int code = query_dependents(&hits, search->map, change->states,
		change->state_count, NULL, 0, search->err);

	if (code == 0)
		search_note_decisive(search, &meant, path);
	for (size_t i = 0; code == 0 && i < search->units.count; i++) {
		const struct query_unit *unit = &search->units.units[i];
		struct affected_unit *selected;
		char *text;

		/* One that never ran is tied to nothing but its file. */
		if (query_hits_find(&hits, unit->scope) == HIT_NONE &&
			(unit->outcome ||
				!search_collected_anew(search, &meant, unit)))
			continue;
		selected = search_select(search, i);
		text = whole_text(
			narrowing, query_hits_state(&hits, unit->scope));
		if (!search_has_reason(search, selected, path))
			search_add_reason(
				selected, UNIT_STALE, what, path, text, NULL);
		free(text);
		if (!selected->whole_file && search_is_here(search, path))
			selected->whole_file =
				search_collected_anew(search, &meant, unit);
	}
	query_hits_release(&hits);
	return code;
}

/* Those that not all who load the file can notice, one by one. */
static int select_narrowed(struct search *search, struct change *change,
	const struct narrowing *narrowing)
{
	size_t left = 0;
	int code = 0;

	for (size_t i = 0; code == 0 && i < change->state_count; i++) {
		const struct narrowed *narrowed =
			narrowing_of(narrowing, change->states[i]);

		if (!narrowed || narrowed->whole)
			change->states[left++] = change->states[i];
		else
			code = search_narrowed(
				search, narrowed, change->what, change->path);
	}
	change->state_count = left;
	return code;
}

/* All whom any change can reach, before it is narrowed. */
static int find_stale(struct search *search, const struct changes *changes)
{
	int64_t *states = NULL;
	size_t count = 0, room = 0;
	int code;

	for (size_t i = 0; i < changes->count; i++)
		for (size_t k = 0; k < changes->list[i].state_count; k++)
			*(int64_t *)array_add(&states, &count, &room,
				sizeof(*states)) = changes->list[i].states[k];
	query_hits_release(&search->stale);
	code = query_dependents(&search->stale, search->map, states, count,
		NULL, 0, search->err);
	free(states);
	return code;
}

static bool any_doubts(const struct narrowing *narrowing)
{
	for (size_t i = 0; i < narrowing->count; i++)
		if (narrowing->list[i].doubts.count)
			return true;
	return false;
}

int search_changes(struct search *search, struct changes *changes,
	const struct narrowing *narrowing)
{
	struct change rest = {.what = "modified", .path = "(many files)"};
	int code = any_doubts(narrowing) ? find_stale(search, changes) : 0;

	for (size_t i = 0; code == 0 && i < changes->count; i++) {
		struct change *change = &changes->list[i];

		code = select_narrowed(search, change, narrowing);
		if (code == 0 && i < CHANGES_APART && change->state_count)
			code = select_changed(search, change, narrowing);
		if (i < CHANGES_APART)
			continue;
		for (size_t k = 0; k < change->state_count; k++)
			*(int64_t *)array_add(&rest.states, &rest.state_count,
				&rest.state_room, sizeof(*rest.states)) =
				change->states[k];
	}
	if (code == 0 && rest.state_count)
		code = select_changed(search, &rest, narrowing);
	free(rest.states);
	return code;
}
