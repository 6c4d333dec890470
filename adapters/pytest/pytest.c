/* SPDX-License-Identifier: MIT */
/*
 * pytest: the plugin beside this file is loaded through PYTEST_PLUGINS, which
 * pytest honours whatever its configuration says, and takes these variables
 * out of the tests' sight when it starts.
 */
#include "adapters/pytest/pytest.h"

#include <stdlib.h>
#include <string.h>

#include "map/alloc.h"

#define PLUGIN "ftrace_pytest"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * `pytest ...`, `python -m pytest ...`, and either behind another program
 * that runs it: `uv run pytest`, `coverage run -m pytest`, `env A=b pytest`.
 */
static bool recognise(char *const argv[])
{
	for (size_t i = 0; argv[i]; i++) {
		const char *name = base_name(argv[i]);

		if (i && !strcmp(argv[i - 1], "-m")) {
			if (!strcmp(argv[i], "pytest"))
				return true;
			continue;
		}
		if (!strcmp(name, "pytest") || !strcmp(name, "py.test"))
			return true;
	}
	return false;
}

/* Our value before what the user has there. */
static char *before(const char *ours, const char *variable, char separator)
{
	const char *theirs = getenv(variable);

	if (!theirs || !*theirs)
		return xstrdup(ours);
	return xasprintf("%s%c%s", ours, separator, theirs);
}

static size_t environment(struct adapter_variable *variables,
	const char *folder, const char *root)
{
	variables[0].name = "PYTEST_PLUGINS";
	variables[0].value = before(PLUGIN, "PYTEST_PLUGINS", ',');
	variables[1].name = "PYTHONPATH";
	variables[1].value = before(folder, "PYTHONPATH", ':');
	variables[2].name = "FTRACE_ROOT";
	variables[2].value = xstrdup(root);
	return 3;
}

static size_t file_part(const char *id)
{
	const char *colons = strstr(id, "::");

	return colons ? (size_t)(colons - id) : 0;
}

const struct adapter adapter_pytest = {
	.name = "pytest",
	.recognise = recognise,
	.environment = environment,
	.file_part = file_part,
};
