/* SPDX-License-Identifier: MIT */
/*
 * Whether two command lines ask pytest for the same. What comes before its
 * own arguments counts as it is, but for the two ways to start it directly:
 *
 *	pytest ARGUMENTS		[PYTHON, "pytest", ...]
 *	python [OPTIONS] -m pytest ...	[PYTHON, OPTIONS, "-m", "pytest", ...]
 *
 * PYTHON is the interpreter as it lies in its environment. The second way
 * puts the current directory on sys.path; where a run found that to make no
 * difference, it is a run of the first way, too, and the other way round.
 */
#include "runners/pytest/command.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/words.h"
#include "map/project.h"
#include "runners/pytest/options.h"
#include "runners/python/python.h"

#define SCRIPT_MAX 2048

/* Where pytest stands in a command line. */
struct place {
	size_t at;    /* the word */
	bool direct;  /* nothing but Python stands before it */
	bool module;  /* as Python's module */
	bool options; /* Python has some of its own */
};

static bool is_pytest(const char *word)
{
	const char *name = python_base_name(word);

	return !strcmp(name, "pytest") || !strcmp(name, "py.test");
}

static bool find_pytest(struct place *place, char *const argv[])
{
	size_t module = python_is(argv[0]) ? python_find_module(argv) : 0;

	memset(place, 0, sizeof(*place));
	if (is_pytest(argv[0]) || (module && !strcmp(argv[module], "pytest"))) {
		place->at = module;
		place->direct = true;
		place->module = module != 0;
		place->options =
			module && (module > 2 || strcmp(argv[1], "-m") != 0);
		return true;
	}
	if (!python_is_launched(argv))
		return false;
	do
		place->at++;
	while (argv[place->at] && !is_pytest(argv[place->at]));
	return argv[place->at] != NULL;
}

/* The Python of the script that pytest is installed as; NULL: of another. */
static char *python_of_script(const char *path, const char *root)
{
	char text[SCRIPT_MAX] = "", *end, *python = NULL;
	FILE *script = fopen(path, "re");
	size_t n;

	if (!script)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, script);
	fclose(script);
	text[n] = '\0';
	end = strchr(text, '\n');
	if (!end || strncmp(text, "#!/", 3) != 0)
		return NULL;
	*end = '\0';
	/* One with options of its own is not as it would be without. */
	if (!strpbrk(text, " \t\r") && python_is(text + 2) &&
		(strstr(end + 1, "from pytest import console_main") ||
			strstr(end + 1, "from pytest import main")))
		python = python_place(text + 2, root);
	return python;
}

/* False: there is no sibling. */
static bool add_direct(struct words *words, const struct place *place,
	char *const argv[], const char *root, const char *folder, bool sibling)
{
	char *path = python_find_program(argv[0], folder), *python = NULL;

	if (path)
		python = place->module ? python_place(path, root)
				       : python_of_script(path, root);
	if (sibling && (!python || place->options)) {
		free(python);
		free(path);
		return false;
	}
	words_add(words, python ? python
			 : path ? project_path(root, path)
				: xstrdup(argv[0]));
	free(path);
	for (size_t i = 1; place->options && i < place->at - 1; i++)
		words_add_copy(words, argv[i]);
	if (place->options)
		words_add_copy(words, argv[place->at - 1]);
	else if (place->module != sibling)
		words_add_copy(words, "-m");
	if (python || place->module)
		words_add_copy(words, "pytest");
	return true;
}

/* What is behind the name of pytest. */
static void add_arguments(struct words *words, char *const argv[])
{
	struct option_word option;
	bool ended = false;

	for (size_t i = 0; argv[i]; i += option.words) {
		option = (struct option_word){.words = 1};
		ended |= !strcmp(argv[i], "--");
		if (argv[i][0] == '-' && !ended)
			option_read(&option, argv + i);
		if (option.sense != SENSE_SHOWN) {
			words_add(words,
				option.left ? option.left : xstrdup(argv[i]));
			if (option.words == 2)
				words_add_copy(words, argv[i + 1]);
		}
	}
}

char **pytest_asked(char *const argv[], const char *root, const char *directory,
	bool sibling)
{
	struct words words = {0};
	struct place place;
	bool found = find_pytest(&place, argv), added;
	char *folder;

	if (sibling && !(found && place.direct))
		return NULL;
	if (found && place.direct) {
		folder = project_file(root, directory);
		added = add_direct(&words, &place, argv, root, folder, sibling);
		free(folder);
		if (!added)
			return NULL;
	} else {
		for (size_t i = 0; argv[i] && (!found || i <= place.at); i++)
			words_add_copy(&words, argv[i]);
	}
	if (found)
		add_arguments(&words, argv + place.at + 1);
	return words.list;
}

const char *pytest_wrapped(char *const argv[])
{
	size_t module = python_is(argv[0]) ? python_find_module(argv) : 0;
	const char *name = module ? argv[module] : python_base_name(argv[0]);

	return !strcmp(name, "tox")   ? ".tox/ENV/bin/python -m pytest"
	       : !strcmp(name, "nox") ? ".nox/ENV/bin/python -m pytest"
				      : NULL;
}

static bool names_part(const char *word)
{
	size_t n = strlen(word);

	return strstr(word, "::") || (n > 3 && !strcmp(word + n - 3, ".py"));
}

bool pytest_is_part(char *const argv[])
{
	struct option_word option;
	struct place place;
	bool part = false;

	if (!find_pytest(&place, argv))
		return false;
	for (size_t i = place.at + 1; argv[i] && !part; i += option.words) {
		option = (struct option_word){.words = 1};
		if (argv[i][0] == '-' && strcmp(argv[i], "--") != 0)
			option_read(&option, argv + i);
		else
			part = names_part(argv[i]);
		part |= option.sense == SENSE_CHOSEN;
		free(option.left);
	}
	return part;
}
