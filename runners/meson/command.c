/* SPDX-License-Identifier: MIT */
#include "runners/meson/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/project.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum meaning {
	SHOWS,   /* how it is told, or how fast it is done */
	DECIDES, /* how a test ends */
	CHOOSES, /* which tests run */
	BUILT,   /* that nothing is built */
	PLACE,   /* where the build is */
};

static const struct command_option options[] = {
	{"-C", true, PLACE},
	{"--maxfail", true, SHOWS},
	{"--no-rebuild", false, BUILT},
	{"--no-stdsplit", false, SHOWS},
	{"--no-suite", true, CHOOSES},
	{"--num-processes", true, SHOWS},
	{"--print-errorlogs", false, SHOWS},
	{"-q", false, SHOWS},
	{"--quiet", false, SHOWS},
	{"--repeat", true, DECIDES},
	{"--suite", true, CHOOSES},
	{"-t", true, DECIDES},
	{"--timeout-multiplier", true, DECIDES},
	{"-v", false, SHOWS},
	{"--verbose", false, SHOWS},
	{NULL, false, SHOWS},
};

static void take_option(
	struct meson_command *command, const struct command_option_given *given)
{
	int meaning = given->option->meaning;

	command->filters |= meaning == CHOOSES;
	command->builds &= meaning != BUILT;
	if (meaning == PLACE) {
		free(command->directory);
		command->directory = xstrdup(given->value);
	}
	words_add_copy(&command->options, given->option->name);
	if (given->value)
		words_add_copy(&command->options, given->value);
	if (meaning == SHOWS || meaning == PLACE)
		return;
	words_add_copy(&command->asking, given->option->name);
	if (given->value)
		words_add_copy(&command->asking, given->value);
}

static bool is_meson(const char *word)
{
	const char *slash = strrchr(word, '/');

	return !strcmp(slash ? slash + 1 : word, "meson");
}

bool meson_command_read(struct meson_command *command, char *const argv[])
{
	size_t i = launcher_words(argv);
	struct command_option_given given;

	*command = (struct meson_command){
		.directory = xstrdup("."), .builds = true};
	if (!argv[i] || !is_meson(argv[i]) || !argv[i + 1] ||
		strcmp(argv[i + 1], "test") != 0)
		return false;
	i += 2;
	for (size_t k = 0; k < i; k++)
		words_add_copy(&command->start, argv[k]);
	for (; argv[i]; i += given.words) {
		given.words = 1;
		if (*argv[i] != '-') {
			words_add_copy(&command->names, argv[i]);
			command->filters = true;
			continue;
		}
		given = command_option_read(
			options, COMMAND_OPTION_EQUALS, argv + i);
		if (!given.words)
			return false;
		take_option(command, &given);
	}
	return true;
}

void meson_command_release(struct meson_command *command)
{
	words_free(command->start.list);
	words_free(command->options.list);
	words_free(command->asking.list);
	words_free(command->names.list);
	free(command->directory);
	*command = (struct meson_command){0};
}

char **meson_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct meson_command command;
	struct words words = {0};

	/* The build's place says where it is, wherever it is started. */
	(void)directory;
	if (sibling)
		return NULL;
	if (meson_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		words_add(&words, project_path(root, command.directory));
		if (command.asking.count)
			words_add_list(&words,
				(const char *const *)command.asking.list);
		if (command.names.count)
			words_add_list(&words,
				(const char *const *)command.names.list);
	}
	meson_command_release(&command);
	return words.list;
}

bool meson_command_is_part(char *const argv[])
{
	struct meson_command command;
	bool part = meson_command_read(&command, argv) && command.filters;

	meson_command_release(&command);
	return part;
}
