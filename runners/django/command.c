/* SPDX-License-Identifier: MIT */
#include "runners/django/command.h"

#include <ctype.h>
#include <string.h>

#include "base/path.h"
#include "base/words.h"
#include "runners/python/python.h"

/* What an option does to the tests. */
enum sense {
	SENSE_RUN,   /* what is run, or nobody knows */
	SENSE_SHOWN, /* what is printed, how fast and in which order it runs */
	SENSE_CHOSEN /* some of the tests alone */
};

/* Of its value, which may stand behind "=", or a letter, as well. */
enum value { VALUE_NONE, VALUE_NEXT, VALUE_IF_ANY };

/* Those of Django 4.0 to 6.1. */
static const struct option {
	const char *name;
	enum value value;
	enum sense sense;
} options[] = {
	{"--buffer", VALUE_NONE, SENSE_SHOWN},
	{"--durations", VALUE_NEXT, SENSE_SHOWN},
	{"--exclude-tag", VALUE_NEXT, SENSE_CHOSEN},
	{"--failfast", VALUE_NONE, SENSE_SHOWN},
	{"--force-color", VALUE_NONE, SENSE_SHOWN},
	{"--keepdb", VALUE_NONE, SENSE_SHOWN},
	{"--no-color", VALUE_NONE, SENSE_SHOWN},
	{"--no-faulthandler", VALUE_NONE, SENSE_SHOWN},
	{"--no-input", VALUE_NONE, SENSE_SHOWN},
	{"--noinput", VALUE_NONE, SENSE_SHOWN},
	{"--parallel", VALUE_IF_ANY, SENSE_SHOWN},
	{"--pattern", VALUE_NEXT, SENSE_RUN},
	{"--pythonpath", VALUE_NEXT, SENSE_RUN},
	{"--reverse", VALUE_NONE, SENSE_SHOWN},
	{"--settings", VALUE_NEXT, SENSE_RUN},
	{"--shuffle", VALUE_IF_ANY, SENSE_SHOWN},
	{"--tag", VALUE_NEXT, SENSE_CHOSEN},
	{"--testrunner", VALUE_NEXT, SENSE_RUN},
	{"--timing", VALUE_NONE, SENSE_SHOWN},
	{"--top-level-directory", VALUE_NEXT, SENSE_RUN},
	{"--traceback", VALUE_NONE, SENSE_SHOWN},
	{"--verbosity", VALUE_NEXT, SENSE_SHOWN},
	{"-b", VALUE_NONE, SENSE_SHOWN},
	{"-k", VALUE_NEXT, SENSE_CHOSEN},
	{"-p", VALUE_NEXT, SENSE_RUN},
	{"-r", VALUE_NONE, SENSE_SHOWN},
	{"-t", VALUE_NEXT, SENSE_RUN},
	{"-v", VALUE_NEXT, SENSE_SHOWN},
};

static bool is_management_script(const char *word)
{
	const char *name = path_last(word);

	return !strcmp(name, "manage.py") || !strcmp(name, "django-admin") ||
	       !strcmp(name, "django-admin.py");
}

/* Whether the words run Django with a command, with "test" as the first. */
static bool is_management_test(char *const argv[])
{
	return argv[0] && is_management_script(argv[0]) && argv[1] &&
	       !strcmp(argv[1], "test");
}

/* The first word behind an interpreter's options. */
static size_t django_command_find_script(char *const argv[])
{
	size_t at = 1;

	while (argv[at] && argv[at][0] == '-' && argv[at][1]) {
		bool apart = !strcmp(argv[at], "-X") || !strcmp(argv[at], "-W");

		at += apart && argv[at + 1] ? 2 : 1;
	}
	return at;
}

/* The word "test", or 0. */
static size_t django_command_find_test(char *const argv[])
{
	bool python = python_is(argv[0]);
	size_t at = python ? python_find_module(argv) : 0;

	if (at && !strcmp(argv[at], "django") && argv[at + 1] &&
		!strcmp(argv[at + 1], "test"))
		return at + 1;
	at = python && !at ? django_command_find_script(argv) : 0;
	if (is_management_test(argv + at))
		return at + 1;
	if (!python_is_launched(argv))
		return 0;
	for (at = 1; argv[at]; at++)
		if (is_management_test(argv + at) ||
			(at > 1 && !strcmp(argv[at - 1], "-m") &&
				!strcmp(argv[at], "django") && argv[at + 1] &&
				!strcmp(argv[at + 1], "test")))
			return at + 1;
	return 0;
}

bool django_command_recognise(char *const argv[])
{
	return django_command_find_test(argv) != 0;
}

/* The option that a word is, and whether its value is in that word, too. */
static const struct option *django_command_find(const char *word, bool *filled)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		size_t n = strlen(options[i].name);

		if (strncmp(word, options[i].name, n) != 0)
			continue;
		*filled = word[n] != '\0';
		if (!*filled || (options[i].value != VALUE_NONE &&
					(n == 2 || word[n] == '=')))
			return &options[i];
	}
	return NULL;
}

/* What the word at argv means, and how many belong to it. */
static enum sense django_command_read(char *const argv[], size_t *words)
{
	bool filled;
	const struct option *option =
		*argv[0] == '-' ? django_command_find(argv[0], &filled) : NULL;

	*words = 1;
	if (!option)
		return SENSE_RUN;
	if (!filled && argv[1] &&
		(option->value == VALUE_NEXT ||
			(option->value == VALUE_IF_ANY && *argv[1] != '-')))
		*words = 2;
	return option->sense;
}

char **django_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct words words = {0};
	size_t at = django_command_find_test(argv), count;

	if (sibling)
		return NULL;
	python_add_start(&words, argv, at, root, directory);
	for (size_t i = at + 1; at && argv[i]; i += count) {
		bool shown =
			django_command_read(argv + i, &count) == SENSE_SHOWN;

		for (size_t k = 0; !shown && k < count; k++)
			words_add_copy(&words, argv[i + k]);
	}
	return words.list;
}

/* A label with a class in it, which begins with a capital letter. */
static bool django_command_names_class(const char *label)
{
	for (const char *dot = label; dot; dot = strchr(dot, '.')) {
		dot += *dot == '.';
		if (isupper((unsigned char)*dot))
			return true;
	}
	return false;
}

bool django_command_is_part(char *const argv[])
{
	size_t at = django_command_find_test(argv), count;

	for (size_t i = at + 1; at && argv[i]; i += count)
		if (django_command_read(argv + i, &count) == SENSE_CHOSEN ||
			(*argv[i] != '-' &&
				django_command_names_class(argv[i])))
			return true;
	return false;
}
