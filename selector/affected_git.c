/* SPDX-License-Identifier: MIT */
/*
 * The units that can tell git's two sides apart.
 *
 * A unit was recorded with the project in some third state. If on either side
 * all is as the unit saw it then, it does the same on both. So everybody is
 * selected who depends on something that one of the sides has otherwise than
 * it was recorded: found twice, by the rules for an edit of the recorded state
 * to the one side, and to the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runners/adapter.h"
#include "selector/affected_search.h"
#include "selector/view.h"

struct sides {
	struct search *search;
	struct changes *changes;
	struct interner met; /* paths that were told of, and what of them */
	const char **what;
	size_t what_count, what_room;
	struct interner left; /* paths that differ on disk and were not */
};

static bool is_untracked(const struct git_set *set, const char *path)
{
	return intern_find(&set->untracked, path, strlen(path)) != INTERN_NONE;
}

/* What git does not know of belongs to neither side. */
static void drop_foreign(struct changes *changes, const struct git_set *set)
{
	size_t count = changes->count;
	const char **paths = xcalloc(count + 1, sizeof(*paths));
	bool *foreign = xcalloc(count + 1, sizeof(*foreign));

	for (size_t i = 0; i < count; i++)
		paths[i] = changes->list[i].path;
	git_set_foreign(set, paths, count, foreign);
	for (size_t i = 0; i < count; i++)
		foreign[i] = git_set_entry(set, paths[i]) ||
			     (!foreign[i] && !is_untracked(set, paths[i]));
	changes_keep(changes, foreign);
	free(foreign);
	free(paths);
}

/* How it came from the old side to the new one, for people. */
static void name_changes(struct sides *sides)
{
	struct changes *changes = sides->changes;

	for (size_t i = 0; i < changes->count; i++) {
		struct change *change = &changes->list[i];
		const struct git_entry *entry =
			git_set_entry(sides->search->set, change->path);

		if (entry && entry->sides[GIT_OLD].kind == GIT_ABSENT)
			change->what = "created";
		else if (entry && strcmp(change->what, "removed") != 0)
			change->what = "modified";
		if (intern(&sides->met, change->path, strlen(change->path)) ==
			sides->what_count)
			*(const char **)array_add(&sides->what,
				&sides->what_count, &sides->what_room,
				sizeof(*sides->what)) = change->what;
	}
}

static int search_side(struct sides *sides)
{
	struct search *search = sides->search;
	struct narrowing narrowing = {0};
	int code;

	drop_foreign(sides->changes, search->set);
	name_changes(sides);
	code = narrowing_find(
		&narrowing, sides->changes, search->map, search->err);
	if (code == 0)
		code = search_changes(search, sides->changes, &narrowing);
	narrowing_release(&narrowing);
	return code;
}

/*
 * Of a test file that differs on disk, which nobody looked at, ids may be gone
 * and new.
 */
static void widen(struct sides *sides)
{
	struct affected *affected = sides->search->affected;

	for (size_t i = 0; i < affected->count; i++) {
		struct affected_unit *unit = &affected->units[i];
		size_t n = adapter_file_part(unit->runner, unit->id);

		if (n && !unit->file &&
			intern_find(&sides->left, unit->id, n) != INTERN_NONE)
			unit->whole_file = true;
	}
}

static void find_left(struct sides *sides, const struct interner *differing)
{
	for (size_t i = 0; i < differing->count; i++) {
		const struct interned *path = &differing->entries[i];

		if (!search_is_here(sides->search, path->bytes) ||
			intern_find(&sides->met, path->bytes, path->size) ==
				INTERN_NONE)
			intern(&sides->left, path->bytes, path->size);
	}
}

static void list_met(struct affected *affected, const struct interner *met)
{
	affected->changed = met->count;
	affected->paths = xcalloc(met->count + 1, sizeof(*affected->paths));
	for (size_t i = 0; i < met->count; i++)
		affected->paths[i] = xstrdup(met->entries[i].bytes);
}

int search_in_set(struct search *search, struct changes *changes)
{
	struct sides sides = {.search = search, .changes = changes};
	struct interner differing = {0};
	struct git_set *set = search->set;
	int code = 0;

	/* Both sides are one, wherever the map is. */
	if (!set->changed) {
		changes_replace(changes, &sides.met, sides.what);
		return 0;
	}
	for (size_t i = 0; i < changes->count; i++)
		intern(&differing, changes->list[i].path,
			strlen(changes->list[i].path));
	if (set->staged) {
		search->pretended = true;
		search->side = GIT_NEW;
		code = view_take(changes, set, GIT_NEW, search->err);
	}
	if (code == 0)
		code = search_side(&sides);
	find_left(&sides, &differing);
	search->pretended = true;
	search->side = GIT_OLD;
	if (code == 0)
		code = view_take(changes, set, GIT_OLD, search->err);
	if (code == 0)
		code = search_side(&sides);
	if (code == 0)
		widen(&sides);
	list_met(search->affected, &sides.met);
	changes_replace(changes, &sides.met, sides.what);
	free(sides.what);
	interner_release(&sides.met);
	interner_release(&sides.left);
	interner_release(&differing);
	return code;
}
