/* SPDX-License-Identifier: MIT */
/*
 * pytest: the plugin beside this file is loaded through PYTEST_PLUGINS, which
 * pytest honours whatever its configuration says, and takes these variables
 * out of the tests' sight when it starts.
 */
#include "adapters/pytest/pytest.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/pytest/command.h"
#include "map/alloc.h"

#define PLUGIN "ftrace_pytest"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "-m", perhaps with flags before it: -bm, -Im. */
static bool is_module_option(const char *option)
{
	size_t n = strlen(option);

	return option[0] == '-' && option[1] != '-' && option[n - 1] == 'm' &&
	       strcspn(option, "WXc") == n;
}

/* -I and -E make Python take no notice of what would load the plugin. */
static bool is_isolating(const char *option)
{
	if (option[0] != '-' || option[1] == '-')
		return false;
	/* The value of an option that takes one may lie in the same word. */
	option += strcspn(option, "IEWXmc");
	return *option == 'I' || *option == 'E';
}

/* Whether a script's first line gives its Python such an option. */
static bool has_isolating_line(const char *path)
{
	char line[256], *word, *rest = line;
	FILE *script = fopen(path, "re");
	bool found = false;

	if (!script)
		return false;
	if (fgets(line, sizeof(line), script) && !strncmp(line, "#!", 2))
		while ((word = strsep(&rest, " \t\n")))
			found |= is_isolating(word);
	fclose(script);
	return found;
}

/* The same for a program as the shell would find it. */
static bool is_isolated_program(const char *program)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (strchr(program, '/'))
		return has_isolating_line(program);
	while (path && *path) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, program);
		if (access(file, X_OK) == 0)
			return has_isolating_line(file);
		path += n + (path[n] == ':');
	}
	return false;
}

/*
 * `pytest ...`, `python -m pytest ...`, and either behind another program
 * that runs it: `uv run pytest`, `coverage run -m pytest`, `env A=b pytest`.
 * Not one that could not import the plugin: it would fail for want of it.
 */
static bool recognise(char *const argv[])
{
	bool isolated = false;

	for (size_t i = 0; argv[i]; i++) {
		const char *name = base_name(argv[i]);

		if (!strncmp(name, "python", 6))
			isolated = false;
		else if (is_isolating(argv[i]))
			isolated = true;
		if (i && is_module_option(argv[i - 1])) {
			if (!strcmp(argv[i], "pytest"))
				return !isolated;
			continue;
		}
		if (!strcmp(name, "pytest") || !strcmp(name, "py.test"))
			return !isolated && !is_isolated_program(argv[i]);
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
	.asked = pytest_asked,
	.wrapped = pytest_wrapped,
	.is_part = pytest_is_part,
	.selection = "FTRACE_SELECT",
};
