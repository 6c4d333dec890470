/* SPDX-License-Identifier: MIT */
#include "runners/ctest/command.h"

#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/words.h"
#include "map/project.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum meaning {
	SHOWS,   /* how it is told, or how fast it is done */
	DECIDES, /* how a test ends */
	CHOOSES, /* which tests run */
	PLACE,   /* where they are */
	CONFIG,  /* which configuration's they are */
	JUNIT,   /* where their ends are written */
};

static const struct command_option options[] = {
	{"-V", false, SHOWS},
	{"--verbose", false, SHOWS},
	{"-VV", false, SHOWS},
	{"--extra-verbose", false, SHOWS},
	{"--debug", false, SHOWS},
	{"--progress", false, SHOWS},
	{"-Q", false, SHOWS},
	{"--quiet", false, SHOWS},
	{"--output-on-failure", false, SHOWS},
	{"--no-label-summary", false, SHOWS},
	{"--no-subproject-summary", false, SHOWS},
	{"--no-compress-output", false, SHOWS},
	{"--schedule-random", false, SHOWS},
	{"-O", true, SHOWS},
	{"--output-log", true, SHOWS},
	{"--test-load", true, SHOWS},
	{"--max-width", true, SHOWS},
	{"--test-output-size-passed", true, SHOWS},
	{"--test-output-size-failed", true, SHOWS},
	{"--test-output-truncation", true, SHOWS},
	{"-F", false, DECIDES},
	{"--stop-on-failure", false, DECIDES},
	{"-C", true, CONFIG},
	{"--build-config", true, CONFIG},
	{"--timeout", true, DECIDES},
	{"--stop-time", true, DECIDES},
	{"--repeat", true, DECIDES},
	{"--repeat-until-fail", true, DECIDES},
	{"--resource-spec-file", true, DECIDES},
	{"--no-tests=error", false, DECIDES},
	{"--no-tests=ignore", false, DECIDES},
	{"-R", true, CHOOSES},
	{"--tests-regex", true, CHOOSES},
	{"-E", true, CHOOSES},
	{"--exclude-regex", true, CHOOSES},
	{"-L", true, CHOOSES},
	{"--label-regex", true, CHOOSES},
	{"-LE", true, CHOOSES},
	{"--label-exclude", true, CHOOSES},
	{"-FA", true, CHOOSES},
	{"--fixture-exclude-any", true, CHOOSES},
	{"-FS", true, CHOOSES},
	{"--fixture-exclude-setup", true, CHOOSES},
	{"-FC", true, CHOOSES},
	{"--fixture-exclude-cleanup", true, CHOOSES},
	{"-I", true, CHOOSES},
	{"--tests-information", true, CHOOSES},
	{"--tests-from-file", true, CHOOSES},
	{"--exclude-from-file", true, CHOOSES},
	{"-U", false, CHOOSES},
	{"--union", false, CHOOSES},
	{"--rerun-failed", false, CHOOSES},
	{"--test-dir", true, PLACE},
	{"--output-junit", true, JUNIT},
	{NULL, false, SHOWS},
};

static bool is_number(const char *word)
{
	return word && *word && !word[strspn(word, "0123456789")];
}

/* The words of -j, whose number may be missing or in the next word; or 0. */
static size_t jobs_words(char *const argv[])
{
	const char *word = argv[0];

	if (strcmp(word, "--parallel") != 0 && strncmp(word, "-j", 2) != 0)
		return 0;
	if (word[1] == 'j' && word[2])
		return is_number(word + 2);
	return is_number(argv[1]) ? 2 : 1;
}

/* One option of argv; it is none of the table where it says how many run at a
 * time. */
static struct command_option_given read_option(char *const argv[])
{
	struct command_option_given given = {.words = jobs_words(argv)};

	return given.words ? given
			   : command_option_read(
				     options, COMMAND_OPTION_APART, argv);
}

static bool is_ctest(const char *word)
{
	const char *name = path_last(word);

	return !strcmp(name, "ctest") || !strcmp(name, "ctest3");
}

bool ctest_command_read(struct ctest_command *command, char *const argv[])
{
	struct command_option_given given;
	size_t i = launcher_words(argv);

	*command = (struct ctest_command){.directory = "."};
	if (!argv[i] || !is_ctest(argv[i]))
		return false;
	command->at = i++;
	for (; argv[i]; i += given.words) {
		given = read_option(argv + i);
		if (!given.words)
			return false;
		if (!given.option)
			continue;
		command->filters |= given.option->meaning == CHOOSES;
		if (given.option->meaning == PLACE)
			command->directory = given.value;
		else if (given.option->meaning == CONFIG)
			command->config = given.value;
		else if (given.option->meaning == JUNIT)
			command->junit = given.value;
	}
	return true;
}

char **ctest_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct ctest_command command;
	struct command_option_given given;
	struct words words = {0};

	/* The build's place says where it is, wherever it is started. */
	(void)directory;
	if (sibling || !ctest_command_read(&command, argv))
		return NULL;
	for (size_t i = 0; i <= command.at; i++)
		words_add_copy(&words, argv[i]);
	words_add(&words, project_path(root, command.directory));
	for (size_t i = command.at + 1; argv[i]; i += given.words) {
		given = read_option(argv + i);
		if (!given.option || given.option->meaning == SHOWS ||
			given.option->meaning == PLACE ||
			given.option->meaning == JUNIT)
			continue;
		words_add_copy(&words, given.option->name);
		if (given.value)
			words_add_copy(&words, given.value);
	}
	return words.list;
}

bool ctest_command_is_part(char *const argv[])
{
	struct ctest_command command;

	return ctest_command_read(&command, argv) && command.filters;
}
