/* SPDX-License-Identifier: MIT */
#include "runners/python/python.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "languages/python/start/startup.h"
#include "map/project.h"
#include "runners/launcher.h"

/* What gets at each runner in a Python that is one. */
static const char *const starts[] = {"runners/pytest/start.py",
	"runners/unittest/start.py", "runners/django/start.py", NULL};

char *python_startup(const struct adapter_start *start)
{
	return startup_text(&(struct startup){.folder = start->folder,
		.session = start->session,
		.root = start->root,
		.selection = start->selection,
		.runners = starts,
		.tells = start->tells});
}

bool python_is(const char *word)
{
	const char *name = path_last(word);

	return !strncmp(name, "python", 6) || !strncmp(name, "pypy", 4);
}

size_t python_find_module(char *const argv[])
{
	for (size_t i = 1; argv[i] && argv[i][0] == '-'; i++) {
		const char *word = argv[i];
		size_t n = strlen(word);

		if (!strcmp(word, "-X") || !strcmp(word, "-W")) {
			if (!argv[++i])
				return 0;
		} else if (word[1] == 'X' || word[1] == 'W') {
			continue;
		} else if (word[n - 1] == 'm' && !strpbrk(word + 1, "XWc-")) {
			return argv[i + 1] ? i + 1 : 0;
		} else if (strpbrk(word + 1, "cmXW-")) {
			return 0;
		}
	}
	return 0;
}

bool python_is_launched(char *const argv[])
{
	static const char *const running[] = {"coverage", "hatch", "pdm",
		"pipenv", "poetry", "rye", "uv", NULL};
	const char *name = path_last(argv[0]);
	size_t module = python_is(name) ? python_find_module(argv) : 0;

	if (launcher_hands_on(argv))
		return true;
	for (size_t i = 0; running[i]; i++)
		if (!strcmp(running[i], name))
			return argv[1] && !strcmp(argv[1], "run");
	return module && !strcmp(argv[module], "coverage") &&
	       argv[module + 1] && !strcmp(argv[module + 1], "run");
}

static char *python_if_executable(char *path)
{
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *python_find_program(const char *program, const char *folder)
{
	const char *places = getenv("PATH");
	char *path = NULL;

	if (strchr(program, '/'))
		return python_if_executable(
			*program == '/' ? xstrdup(program)
					: xasprintf("%s/%s", folder, program));
	while (places && *places && !path) {
		size_t n = strcspn(places, ":");

		if (*places == '/')
			path = python_if_executable(
				xasprintf("%.*s/%s", (int)n, places, program));
		places += n + (places[n] == ':');
	}
	return path;
}

/*
 * An environment has a link to a Python that others have, too, under several
 * names: it is told by where the link lies, and by what it leads to.
 */
char *python_place(const char *path, const char *root)
{
	const char *slash = strrchr(path, '/');
	char *folder, *stored, *place, real[PATH_MAX];

	if (!slash || !realpath(path, real))
		return NULL;
	folder = xasprintf("%.*s/.", (int)(slash - path), path);
	stored = project_path(root, folder);
	place = xasprintf("%s/%s", stored, path_last(real));
	free(folder);
	free(stored);
	return place;
}

void python_add_start(struct words *words, char *const argv[], size_t at,
	const char *root, const char *directory)
{
	char *folder = project_file(root, directory), *path = NULL;
	char *python = NULL;

	if (python_is(argv[0]))
		path = python_find_program(argv[0], folder);
	if (path)
		python = python_place(path, root);
	words_add(words, python ? python : xstrdup(argv[0]));
	for (size_t i = 1; i <= at; i++)
		words_add_copy(words, argv[i]);
	free(path);
	free(folder);
}
