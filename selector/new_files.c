/* SPDX-License-Identifier: MIT */
#include "selector/new_files.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "map/alloc.h"
#include "map/project.h"

/* Deeper folders of tests have not been met. */
#define DEPTH_MAX 32

/* Where pytest does not look by default (norecursedirs). */
static const char *const skipped[] = {".*", "*.egg", "_darcs", "build", "CVS",
	"dist", "node_modules", "venv", "{arch}", "__pycache__"};

struct search {
	const struct map_files *files;
	struct names {
		struct query_name *list;
		size_t count;
	} patterns, listings, collected; /* current scopes of these kinds */
	char **found;
	size_t count, room;
};

static bool is_test_file(const struct search *search, const char *name)
{
	for (size_t i = 0; i < search->patterns.count; i++)
		if (fnmatch(search->patterns.list[i].name, name, 0) == 0)
			return true;
	return false;
}

static bool is_skipped(const char *name)
{
	for (size_t i = 0; i < sizeof(skipped) / sizeof(*skipped); i++)
		if (fnmatch(skipped[i], name, 0) == 0)
			return true;
	return false;
}

/* A path that only rests on another, or was once written, is not known. */
static bool is_known(const struct search *search, const char *path)
{
	uint32_t i = intern_find(&search->files->paths, path, strlen(path));

	if (i == INTERN_NONE)
		return false;
	return search->files->files[i].state != FILE_NONE;
}

static bool is_looked_into(const struct search *search, const char *path)
{
	for (size_t i = 0; i < search->listings.count; i++)
		if (!strcmp(search->listings.list[i].name, path))
			return true;
	return false;
}

static bool any_collected(const struct search *search, const char *path)
{
	size_t size = strlen(path);

	for (size_t i = 0; i < search->collected.count; i++) {
		const char *name = search->collected.list[i].name;

		if (!strncmp(name, path, size) && name[size] == '/')
			return true;
	}
	return false;
}

/*
 * One that was looked into has a state of its own. Of a new one a test or two
 * may have been asked for by name, and the others are new.
 */
static bool may_have_new(const struct search *search, const char *path)
{
	return !is_known(search, path) ||
	       (!is_looked_into(search, path) && any_collected(search, path));
}

static void search_directory(
	struct search *search, const char *stored, unsigned depth);

static void look_at(struct search *search, const char *stored,
	const char *absolute, const char *name, unsigned depth)
{
	struct stat st;

	if (stat(absolute, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		if (!is_skipped(name) && depth < DEPTH_MAX &&
			may_have_new(search, stored))
			search_directory(search, stored, depth + 1);
	} else if (is_test_file(search, name) && !is_known(search, stored)) {
		*(char **)array_add(&search->found, &search->count,
			&search->room, sizeof(*search->found)) =
			xstrdup(stored);
	}
}

static void search_directory(
	struct search *search, const char *stored, unsigned depth)
{
	bool top = !strcmp(stored, ".");
	char *directory = project_file(search->files->root, stored);
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

/* True when one of the change's states was seen by discovery. */
static int is_looked_through(bool *yes, struct map *map,
	const struct change *change, const int64_t *listings, size_t count,
	struct err *err)
{
	struct query_hits hits = {0};
	int code = query_dependents(
		&hits, map, change->states, change->state_count, NULL, 0, err);

	*yes = false;
	for (size_t i = 0; i < count; i++)
		*yes |= query_hits_find(&hits, listings[i]) != HIT_NONE;
	query_hits_release(&hits);
	return code;
}

static int load_names(struct names *names, struct map *map,
	enum scope_kind kind, struct err *err)
{
	return query_names(&names->list, &names->count, map, kind, err);
}

static int load(struct search *search, struct map *map, struct err *err)
{
	int code = load_names(&search->patterns, map, SCOPE_PATTERN, err);

	if (code == 0)
		code = load_names(&search->listings, map, SCOPE_LISTING, err);
	if (code == 0)
		code = load_names(&search->collected, map, SCOPE_COLLECT, err);
	return code;
}

static void release(struct names *names)
{
	query_names_release(names->list, names->count);
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
	int64_t *listings = NULL;
	size_t count = 0;
	bool yes;
	int code = query_of_kind(&listings, &count, map, SCOPE_LISTING, err);

	for (size_t i = 0; code == 0 && i < changes->count; i++) {
		const struct change *change = &changes->list[i];

		if (strcmp(change->what, "listing") != 0)
			continue;
		code = is_looked_through(
			&yes, map, change, listings, count, err);
		if (code == 0 && yes)
			search_directory(search, change->path, 0);
	}
	free(listings);
	return code;
}

int new_files_find(char ***paths, size_t *count, struct map *map,
	const struct changes *changes, struct err *err)
{
	struct search search = {.files = &changes->files};
	int code = 0;

	if (any_listing(changes)) {
		code = load(&search, map, err);
		if (code == 0)
			code = search_changed(&search, map, changes, err);
	}
	release(&search.patterns);
	release(&search.listings);
	release(&search.collected);
	*paths = search.found;
	*count = search.count;
	return code;
}
