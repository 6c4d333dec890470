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
	const struct search *search, size_t first, const char *runner)
{
	for (size_t i = first; i < search->count; i++)
		if (!strcmp(search->found[i].runner, runner))
			return true;
	return false;
}

/* Once for each runner that takes it for one of its own. */
static void new_files_take(struct search *search, const struct entry *entry)
{
	size_t first = search->count;

	for (size_t i = 0; i < search->pattern_count; i++) {
		const char *pattern = search->patterns[i].name;
		const char *runner = adapter_of_pattern(pattern)->name;

		if (!adapter_matches(pattern, entry->absolute) ||
			new_files_has(search, first, runner))
			continue;
		*(struct new_file *)array_add(&search->found, &search->count,
			&search->room, sizeof(*search->found)) =
			(struct new_file){xstrdup(entry->stored), runner};
	}
	if (search->count > first)
		intern(&search->known, entry->stored, strlen(entry->stored));
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
	const struct change *change, struct err *err)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < change->state_count; i++) {
		struct query_name *names;
		size_t count;

		code = query_listed(
			&names, &count, map, change->states[i], err);
		for (size_t k = 0; k < count; k++)
			search_directory(search, names[k].name);
		query_names_release(names, count);
	}
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
	struct query_name *names;
	size_t count;
	int code = query_patterns(
		&search->patterns, &search->pattern_count, map, err);

	if (code == 0) {
		code = query_listings(&names, &count, map, err);
		new_files_know(search, names, count);
	}
	if (code == 0) {
		code = query_names(&names, &count, map, SCOPE_COLLECT, err);
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
	int code = 0;

	for (size_t i = 0; code == 0 && i < changes->count; i++)
		if (!strcmp(changes->list[i].what, "listing"))
			code = search_change(
				search, map, &changes->list[i], err);
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
