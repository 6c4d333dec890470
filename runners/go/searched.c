/* SPDX-License-Identifier: MIT */
#include "runners/go/searched.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/intern.h"
#include "base/json.h"
#include "map/project.h"

/* Deeper folders of packages have not been met. */
#define DEPTH_MAX 64

struct search {
	struct runner_tests *tests;
	const char *root;
	struct interner met;
	unsigned depth;
};

char *searched_id(const char *root, const char *folder)
{
	char *stored = project_path(root, folder), *id;

	if (*stored == '/' || !strcmp(stored, ".") ||
		!strncmp(stored, "../", 3))
		return stored;
	id = xasprintf("./%s", stored);
	free(stored);
	return id;
}

/* "go help packages". */
static bool is_passed_by(const char *name)
{
	return *name == '.' || *name == '_' || !strcmp(name, "testdata") ||
	       !strcmp(name, "vendor");
}

static bool searched_is_directory(DIR *dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
		       0 &&
	       S_ISDIR(st.st_mode);
}

static bool is_other_module(const char *folder)
{
	char *path = xasprintf("%s/go.mod", folder);
	bool yes = access(path, F_OK) == 0;

	free(path);
	return yes;
}

static void search_folder(struct search *search, const char *folder)
{
	struct runner_tests *tests = search->tests;
	size_t before = search->met.count;
	struct runner_part *searched;
	struct dirent *entry;
	DIR *dir = opendir(folder);

	intern(&search->met, folder, strlen(folder));
	if (!dir || search->met.count == before || search->depth > DEPTH_MAX) {
		if (dir)
			closedir(dir);
		return;
	}
	searched = runner_parts_add(&tests->searched, &tests->searched_count,
		&tests->searched_room);
	searched->name = searched_id(search->root, folder);
	runner_part_look(searched, xstrdup(folder), "*/");
	search->depth++;
	while ((entry = readdir(dir))) {
		char *path;

		if (is_passed_by(entry->d_name) ||
			!searched_is_directory(dir, entry))
			continue;
		path = xasprintf("%s/%s", folder, entry->d_name);
		if (!is_other_module(path))
			search_folder(search, path);
		free(path);
	}
	search->depth--;
	closedir(dir);
}

/* Where a pattern that begins with a place begins to be one; to be freed. */
static char *place_of(const struct go_command *command, const char *pattern)
{
	const char *dots = strstr(pattern, "...");
	char *text, *place = NULL;

	while (dots > pattern && dots[-1] != '/')
		dots--;
	text = *pattern == '/' || !command->directory
		       ? xasprintf("%.*s", (int)(dots - pattern), pattern)
		       : xasprintf("%s/%.*s", command->directory,
				 (int)(dots - pattern), pattern);
	place = realpath(text, NULL);
	free(text);
	return place;
}

static bool is_place(const char *pattern)
{
	return *pattern == '/' || !strncmp(pattern, "./", 2) ||
	       !strncmp(pattern, "../", 3);
}

static void search_modules(
	struct search *search, cJSON *const *packages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const cJSON *module =
			cJSON_GetObjectItemCaseSensitive(packages[i], "Module");
		const char *folder = json_member_text(module, "Dir");
		char *real;

		if (!folder || !json_member_is_true(module, "Main"))
			continue;
		real = realpath(folder, NULL);
		if (real)
			search_folder(search, real);
		free(real);
	}
}

void searched_find(struct runner_tests *tests, const struct go_command *command,
	const char *root, cJSON *const *packages, size_t count)
{
	struct search search = {.tests = tests, .root = root};

	for (size_t i = 0; i < command->packages.count; i++) {
		const char *pattern = command->packages.list[i];

		if (strstr(pattern, "...") && is_place(pattern)) {
			char *place = place_of(command, pattern);

			if (place)
				search_folder(&search, place);
			free(place);
		} else if (strstr(pattern, "...") || !strcmp(pattern, "all") ||
			   !strcmp(pattern, "work")) {
			search_modules(&search, packages, count);
		}
	}
	interner_release(&search.met);
}
