/* SPDX-License-Identifier: MIT */
#include "selector/new_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "adapters/pytest/discovery.h"
#include "map/alloc.h"
#include "map/intern.h"
#include "map/project.h"

/* Deeper folders of tests have not been met. */
#define DEPTH_MAX 32

struct search {
	const char *root;
	struct query_name *patterns; /* that test files match */
	size_t pattern_count;
	struct interner known; /* collected, looked through, or passed by */
	char **found;
	size_t count, room;
};

static bool is_test_file(const struct search *search, const char *path)
{
	for (size_t i = 0; i < search->pattern_count; i++)
		if (pytest_matches(search->patterns[i].name, path))
			return true;
	return false;
}

/* That others have read it or asked for it says nothing. */
static bool is_known(const struct search *search, const char *path)
{
	return intern_find(&search->known, path, strlen(path)) != INTERN_NONE;
}

static void search_directory(
	struct search *search, const char *stored, unsigned depth);

static void look_at(struct search *search, const char *stored,
	const char *absolute, const char *name, unsigned depth)
{
	struct stat st;

	if (stat(absolute, &st) < 0)
		return;
	if (is_known(search, stored))
		return;
	if (S_ISDIR(st.st_mode)) {
		if (!pytest_skips(name) && depth < DEPTH_MAX)
			search_directory(search, stored, depth + 1);
	} else if (is_test_file(search, absolute)) {
		*(char **)array_add(&search->found, &search->count,
			&search->room, sizeof(*search->found)) =
			xstrdup(stored);
	}
}

static void search_directory(
	struct search *search, const char *stored, unsigned depth)
{
	bool top = !strcmp(stored, ".");
	char *directory = project_file(search->root, stored);
	DIR *dir = opendir(directory);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char *path, *absolute;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		path = top ? xstrdup(name) : xasprintf("%s/%s", stored, name);
		absolute = xasprintf("%s/%s", directory, name);
		look_at(search, path, absolute, name, depth);
		free(absolute);
		free(path);
	}
	if (dir)
		closedir(dir);
	free(directory);
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
			search_directory(search, listings[i].name, 0);
	query_hits_release(&hits);
	return code;
}

static void know(struct search *search, struct query_name *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		intern(&search->known, names[i].name, strlen(names[i].name));
	query_names_release(names, count);
}

static int load(struct search *search, struct map *map, struct err *err)
{
	static const enum scope_kind kinds[] = {SCOPE_LISTING, SCOPE_COLLECT};
	struct query_name *names;
	size_t count;
	int code = query_names(&search->patterns, &search->pattern_count, map,
		SCOPE_PATTERN, err);

	for (size_t i = 0; code == 0 && i < 2; i++) {
		code = query_names(&names, &count, map, kinds[i], err);
		know(search, names, count);
	}
	if (code == 0) {
		code = query_passed(&names, &count, map, err);
		know(search, names, count);
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

int new_files_find(char ***paths, size_t *count, struct map *map,
	const struct changes *changes, struct err *err)
{
	struct search search = {.root = changes->files.root};
	int code = 0;

	if (any_listing(changes)) {
		code = load(&search, map, err);
		if (code == 0)
			code = search_changed(&search, map, changes, err);
	}
	query_names_release(search.patterns, search.pattern_count);
	interner_release(&search.known);
	*paths = search.found;
	*count = search.count;
	return code;
}
