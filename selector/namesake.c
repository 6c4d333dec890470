/* SPDX-License-Identifier: MIT */
#include "selector/namesake.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "map/project.h"
#include "runners/adapter.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_there(const char *root, const char *path)
{
	char *file = project_file(root, path);
	bool is = access(file, F_OK) == 0;

	free(file);
	return is;
}

static bool is_in_package(const char *root, const char *path)
{
	size_t folder = (size_t)(base_name(path) - path);
	char *init = xasprintf("%.*s__init__.py", (int)folder, path);
	bool is = is_there(root, init);

	free(init);
	return is;
}

static bool is_python(const char *path)
{
	size_t n = strlen(path);

	return n > 3 && !strcmp(path + n - 3, ".py");
}

static bool has_namesake(const char *root, const struct query_units *units,
	const struct adapter *adapter, const char *path)
{
	bool has = false;

	for (size_t i = 0; !has && i < units->count; i++) {
		const char *id = units->units[i].id;
		size_t size = adapter->file_part(id);
		char *file =
			size ? xasprintf("%.*s", (int)size, id) : xstrdup(id);

		has = strcmp(file, path) != 0 &&
		      !strcmp(base_name(file), base_name(path)) &&
		      is_there(root, file);
		free(file);
	}
	return has;
}

const char *namesake_find(const struct affected *affected,
	const struct query_units *units, const char *runner, const char *root)
{
	const struct adapter *adapter = adapter_named(runner);

	for (size_t i = 0; adapter && i < affected->count; i++) {
		const struct affected_unit *unit = &affected->units[i];

		if (!strcmp(unit->runner, runner) && is_python(unit->id) &&
			!affected_is_gone(unit) &&
			!is_in_package(root, unit->id) &&
			has_namesake(root, units, adapter, unit->id))
			return unit->id;
	}
	return NULL;
}
