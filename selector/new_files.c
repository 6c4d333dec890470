/* SPDX-License-Identifier: MIT */
#include "selector/new_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "map/entries.h"
#include "runners/adapter.h"

/* Deeper folders of tests have not been met. */
#define DEPTH_MAX 32

struct search {
	const char *root;
	struct query_name *patterns; /* that test files match */
	size_t pattern_count;
	struct interner known; /* collected, looked through, or passed by */
	unsigned depth;
	struct new_file *found;
	size_t count, room;
};

static bool new_files_has(
	const struct search *search, const char *path, const char *runner)
{
	const struct new_file *last =
		search->count ? &search->found[search->count - 1] : NULL;

	return last && !strcmp(last->path, path) &&
	       !strcmp(last->runner, runner);
}

/* Once for each runner that takes it for one of its own. */
static void new_files_take(struct search *search, const struct entry *entry)
{
	for (size_t i = 0; i < search->pattern_count; i++) {
		const char *pattern = search->patterns[i].name;
		const char *runner = adapter_of_pattern(pattern)->name;

		if (!adapter_matches(pattern, entry->absolute) ||
			new_files_has(search, entry->stored, runner))
			continue;
		*(struct new_file *)array_add(&search->found, &search->count,
			&search->room, sizeof(*search->found)) =
			(struct new_file){xstrdup(entry->stored), runner};
	}
}

static bool new_files_skips(const struct search *search, const char *directory)
{
	for (size_t i = 0; i < search->pattern_count; i++)
		if (!adapter_of_pattern(search->patterns[i].name)
				->skips(directory))
			return false;
	return true;
}

/* That others have read it or asked for it says nothing. */
static bool new_files_is_known(const struct search *search, const char *path)
{
	return intern_find(&search->known, path, strlen(path)) != INTERN_NONE;
}

static void search_directory(struct search *search, const char *stored);

static void new_files_look_at(void *context, const struct entry *entry)
{
	struct search *search = context;

	if (new_files_is_known(search, entry->stored))
		return;
	if (S_ISDIR(entry->st->st_mode)) {
		if (!new_files_skips(search, entry->name) &&
			search->depth < DEPTH_MAX)
			search_directory(search, entry->stored);
	} else {
		new_files_take(search, entry);
	}
}

static void search_directory(struct search *search, const char *stored)
{
	search->depth++;
	entries_each(search->root, stored, new_files_look_at, search);
	search->depth--;
}

/* By all names that it has where one of the change's states was listed. */
static int search_change(struct search *search, struct map *map,
	const struct change *change, const struct query_name *listings,
	size_t count, struct err *err)
{
	struct query_hits hits = {0};
	int code = query_dependents(
		&hits, map, change->states, change->state_count, NULL, 0, err);

	for (size_t i = 0; code == 0 && i < count; i++)
		if (query_hits_find(&hits, listings[i].scope) != HIT_NONE)
			search_directory(search, listings[i].name);
	query_hits_release(&hits);
	return code;
}

static void new_files_know(
	struct search *search, struct query_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		intern(&search->known, names[i].name, strlen(names[i].name));
	query_names_release(names, count);
}

static int new_files_load(
	struct search *search, struct map *map, struct err *err)
{
	static const enum scope_kind kinds[] = {SCOPE_LISTING, SCOPE_COLLECT};
	struct query_name *names;
	size_t count;
	int code = query_names(&search->patterns, &search->pattern_count, map,
		SCOPE_PATTERN, err);

	for (size_t i = 0; code == 0 && i < 2; i++) {
		code = query_names(&names, &count, map, kinds[i], err);
		new_files_know(search, names, count);
	}
	if (code == 0) {
		code = query_passed(&names, &count, map, err);
		new_files_know(search, names, count);
	}
	return code;
}

static bool any_listing(const struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		if (!strcmp(changes->list[i].what, "listing"))
			return true;
	return false;
}

static int search_changed(struct search *search, struct map *map,
	const struct changes *changes, struct err *err)
{
	struct query_name *listings = NULL;
	size_t count = 0;
	int code = query_names(&listings, &count, map, SCOPE_LISTING, err);

	for (size_t i = 0; code == 0 && i < changes->count; i++)
		if (!strcmp(changes->list[i].what, "listing"))
			code = search_change(search, map, &changes->list[i],
				listings, count, err);
	query_names_release(listings, count);
	return code;
}

int new_files_find(struct new_file **files, size_t *count, struct map *map,
	const struct changes *changes, struct err *err)
{
	struct search search = {.root = changes->files.root};
	int code = 0;

	if (any_listing(changes)) {
		code = new_files_load(&search, map, err);
		if (code == 0)
			code = search_changed(&search, map, changes, err);
	}
	query_names_release(search.patterns, search.pattern_count);
	interner_release(&search.known);
	*files = search.found;
	*count = search.count;
	return code;
}
