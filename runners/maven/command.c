/* SPDX-License-Identifier: MIT */
#include "runners/maven/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum maven_meaning {
	SHOWS,   /* how it is told, or how fast it is done */
	CHOOSES, /* which modules */
	BUILDS,  /* what they are built with */
	FINDS,   /* the same: which project */
};

static const struct command_option options[] = {
	{"-q", false, SHOWS},
	{"--quiet", false, SHOWS},
	{"-o", false, SHOWS},
	{"--offline", false, SHOWS},
	{"-B", false, SHOWS},
	{"--batch-mode", false, SHOWS},
	{"-e", false, SHOWS},
	{"--errors", false, SHOWS},
	{"-X", false, SHOWS},
	{"--debug", false, SHOWS},
	{"-V", false, SHOWS},
	{"--show-version", false, SHOWS},
	{"-U", false, SHOWS},
	{"--update-snapshots", false, SHOWS},
	{"-nsu", false, SHOWS},
	{"--no-snapshot-updates", false, SHOWS},
	{"-ntp", false, SHOWS},
	{"--no-transfer-progress", false, SHOWS},
	{"-T", true, SHOWS},
	{"--threads", true, SHOWS},
	{"--color", true, SHOWS},
	{"-fae", false, SHOWS},
	{"--fail-at-end", false, SHOWS},
	{"-ff", false, SHOWS},
	{"--fail-fast", false, SHOWS},
	{"-fn", false, SHOWS},
	{"--fail-never", false, SHOWS},
	{"-pl", true, CHOOSES},
	{"--projects", true, CHOOSES},
	{"-am", false, CHOOSES},
	{"--also-make", false, CHOOSES},
	{"-amd", false, CHOOSES},
	{"--also-make-dependents", false, CHOOSES},
	{"-N", false, CHOOSES},
	{"--non-recursive", false, CHOOSES},
	{"-P", true, BUILDS},
	{"--activate-profiles", true, BUILDS},
	{"-s", true, BUILDS},
	{"--settings", true, BUILDS},
	{"-gs", true, BUILDS},
	{"--global-settings", true, BUILDS},
	{"-f", true, FINDS},
	{"--file", true, FINDS},
	{NULL, false, SHOWS},
};

/* What comes to "test" and no further; each may be given. */
static const char *const phases[] = {"clean", "validate", "compile",
	"process-classes", "test-compile", "process-test-classes", "test",
	NULL};

/* Properties that choose among the tests of a class, or run none. */
static const char *const choosing[] = {"groups", "excludedGroups", "skipTests",
	"maven.test.skip", "maven.test.skip.exec", "skip", NULL};

static bool maven_command_is_phase(const char *word)
{
	for (size_t i = 0; phases[i]; i++)
		if (!strcmp(phases[i], word))
			return true;
	return false;
}

/* Whether classes are named, and nothing in them. */
static bool maven_command_names_classes(const char *value)
{
	return *value && !strpbrk(value, "#!%+*?[");
}

/* "name=value". False: with it, nobody knows which tests run. */
static bool maven_command_take_property(
	struct maven_command *command, const char *given)
{
	size_t n = strcspn(given, "=");
	const char *value = given[n] ? given + n + 1 : "true";

	if (n == 4 && !strncmp(given, "test", n)) {
		command->chosen = true;
		return maven_command_names_classes(value);
	}
	if (!strncmp(given, "surefire.", 9))
		return false;
	for (size_t i = 0; choosing[i]; i++)
		if (strlen(choosing[i]) == n && !strncmp(choosing[i], given, n))
			return !strcmp(value, "false");
	words_add(&command->words, xasprintf("-D%s", given));
	words_add(&command->asked, xasprintf("-D%s", given));
	return true;
}

static void maven_command_take_option(struct maven_command *command,
	const struct command_option_given *given, const char *name)
{
	int meaning = given->option ? given->option->meaning : BUILDS;

	words_add_copy(&command->words, name);
	if (given->value)
		words_add_copy(&command->words, given->value);
	command->chosen |= meaning == CHOOSES;
	if (meaning == SHOWS)
		return;
	words_add_copy(&command->asked, name);
	if (given->value)
		words_add_copy(&command->asked, given->value);
	if (meaning == FINDS) {
		free(command->file);
		command->file = xstrdup(given->value);
	}
}

/* Words taken; 0: it is not known. */
static size_t maven_command_take(
	struct maven_command *command, char *const argv[])
{
	struct command_option_given given = {.words = 1};
	const char *word = argv[0];

	if (*word != '-') {
		if (!maven_command_is_phase(word))
			return 0;
		words_add_copy(&command->words, word);
		return 1;
	}
	if (!strcmp(word, "-D") || !strcmp(word, "--define"))
		return argv[1] && maven_command_take_property(command, argv[1])
			       ? 2
			       : 0;
	if (!strncmp(word, "-D", 2))
		return maven_command_take_property(command, word + 2);
	given = command_option_read(options, COMMAND_OPTION_EQUALS, argv);
	if (given.words)
		maven_command_take_option(command, &given, given.option->name);
	else if (word[1] == 'P' || word[1] == 'T')
		maven_command_take_option(command,
			&(struct command_option_given){.words = given.words = 1,
				.option = word[1] == 'T' ? options : NULL},
			word);
	return given.words;
}

static bool maven_command_is_maven(const char *word)
{
	const char *name = path_last(word);

	return !strcmp(name, "mvn") || !strcmp(name, "mvnw");
}

bool maven_command_read(struct maven_command *command, char *const argv[])
{
	size_t i = launcher_words(argv), n;
	bool tests = false;

	memset(command, 0, sizeof(*command));
	if (!argv[i] || !maven_command_is_maven(argv[i]))
		return false;
	for (size_t k = 0; k <= i; k++)
		words_add_copy(&command->words, argv[k]);
	for (i++; argv[i]; i += n) {
		n = maven_command_take(command, argv + i);
		if (!n)
			return false;
		tests |= !strcmp(argv[i], "test");
	}
	return tests;
}

void maven_command_release(struct maven_command *command)
{
	words_free(command->words.list);
	words_free(command->asked.list);
	free(command->file);
	memset(command, 0, sizeof(*command));
}

char **maven_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct maven_command command;
	struct words words = {0};

	(void)root;
	if (sibling)
		return NULL;
	if (maven_command_read(&command, argv)) {
		words_add_copy(&words, directory);
		if (command.asked.count)
			words_add_list(&words,
				(const char *const *)command.asked.list);
		/* Those that name tests have no words in common. */
		for (size_t i = 0; argv[i]; i++)
			if (!strncmp(argv[i], "-Dtest=", 7))
				words_add_copy(&words, argv[i]);
	}
	maven_command_release(&command);
	return words.list;
}

bool maven_command_is_part(char *const argv[])
{
	struct maven_command command;
	bool part = maven_command_read(&command, argv) && command.chosen;

	maven_command_release(&command);
	return part;
}
