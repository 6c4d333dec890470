/* SPDX-License-Identifier: MIT */
#include "selector/namesake.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "languages/language.h"
#include "map/project.h"
#include "runners/adapter.h"

static bool namesake_is_there(const char *root, const char *path)
{
	char *file = project_file(root, path);
	bool is = access(file, F_OK) == 0;

	free(file);
	return is;
}

/* Whether a file is called by its folder as well, which is a package. */
static bool is_in_package(const char *root, const char *path)
{
	const struct language *language = language_of(path, strlen(path));
	size_t folder = (size_t)(path_last(path) - path);
	char *file =
		xasprintf("%.*s%s", (int)folder, path, language->folder_file);
	bool is = namesake_is_there(root, file);

	free(file);
	return is;
}

static bool has_namesake(const char *root, const struct query_units *units,
	const char *runner, const char *path)
{
	bool has = false;

	for (size_t i = 0; !has && i < units->count; i++) {
		const char *id = units->units[i].id;
		size_t size = adapter_file_part(runner, id);
		char *file =
			size ? xasprintf("%.*s", (int)size, id) : xstrdup(id);

		has = strcmp(file, path) != 0 &&
		      !strcmp(path_last(file), path_last(path)) &&
		      namesake_is_there(root, file);
		free(file);
	}
	return has;
}

const char *namesake_find(const struct affected *affected,
	const struct query_units *units, const char *runner, const char *root)
{
	for (size_t i = 0; i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (!strcmp(unit->runner, runner) &&
			language_of(unit->id, strlen(unit->id)) &&
			!affected_is_gone(unit) &&
			!is_in_package(root, unit->id) &&
			has_namesake(root, units, runner, unit->id))
			return unit->id;
	}
	return NULL;
}
