/* SPDX-License-Identifier: MIT */
#include "runners/cargo/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum meaning {
	SHOWS,   /* how it is told, or how fast it is done */
	CHOOSES, /* which packages and targets */
	BUILDS,  /* what they are built with */
	PROJECT, /* the same, and cargo metadata takes it as well */
	OFFLINE, /* the same, and it changes nothing */
};

static const struct command_option options[] = {
	{"-p", true, CHOOSES},
	{"--package", true, CHOOSES},
	{"--exclude", true, CHOOSES},
	{"--workspace", false, CHOOSES},
	{"--all", false, CHOOSES},
	{"--lib", false, CHOOSES},
	{"--bins", false, CHOOSES},
	{"--bin", true, CHOOSES},
	{"--tests", false, CHOOSES},
	{"--test", true, CHOOSES},
	{"--examples", false, CHOOSES},
	{"--example", true, CHOOSES},
	{"--benches", false, CHOOSES},
	{"--bench", true, CHOOSES},
	{"--all-targets", false, CHOOSES},
	{"--doc", false, CHOOSES},
	{"-F", true, PROJECT},
	{"--features", true, PROJECT},
	{"--all-features", false, PROJECT},
	{"--no-default-features", false, PROJECT},
	{"--manifest-path", true, PROJECT},
	{"--locked", false, OFFLINE},
	{"--offline", false, OFFLINE},
	{"--frozen", false, OFFLINE},
	{"-r", false, BUILDS},
	{"--release", false, BUILDS},
	{"--profile", true, BUILDS},
	{"--target-dir", true, BUILDS},
	{"--ignore-rust-version", false, SHOWS},
	{"--no-fail-fast", false, SHOWS},
	{"-q", false, SHOWS},
	{"--quiet", false, SHOWS},
	{"-v", false, SHOWS},
	{"-vv", false, SHOWS},
	{"--verbose", false, SHOWS},
	{"-j", true, SHOWS},
	{"--jobs", true, SHOWS},
	{"--color", true, SHOWS},
	{NULL, false, SHOWS},
};

static void add_option(
	struct words *words, const struct command_option_given *given)
{
	words_add_copy(words, given->option->name);
	if (given->value)
		words_add_copy(words, given->value);
}

static void take_option(
	struct cargo_command *command, const struct command_option_given *given)
{
	int meaning = given->option->meaning;

	if (meaning == SHOWS)
		return;
	add_option(&command->flags, given);
	if (meaning == CHOOSES)
		add_option(&command->chosen, given);
	if (meaning == PROJECT || meaning == OFFLINE)
		add_option(&command->project, given);
	if (meaning != PROJECT && meaning != BUILDS)
		return;
	command_option_vary(&command->variant, given->option->name);
	if (given->value)
		command_option_vary(&command->variant, given->value);
}

/* What the programs of the tests are told. */
static void take_rest(struct cargo_command *command, char *const words[])
{
	bool any = false;

	for (; *words; words++) {
		if (!strcmp(*words, "--nocapture") ||
			!strcmp(*words, "--no-capture") ||
			!strncmp(*words, "--test-threads=", 15))
			continue;
		if (!any)
			command_option_vary(&command->variant, "--");
		any = true;
		command_option_vary(&command->variant, *words);
	}
}

static bool is_cargo(const char *word)
{
	return !strcmp(path_last(word), "cargo");
}

/* The word behind "test", or 0. A tool chain may stand before it. */
static size_t cargo_read_start(
	struct cargo_command *command, char *const argv[])
{
	size_t i = launcher_words(argv);

	if (!argv[i] || !is_cargo(argv[i]))
		return 0;
	i++;
	while (argv[i] && (*argv[i] == '+' || !strcmp(argv[i], "--offline") ||
				  !strcmp(argv[i], "--locked")))
		i++;
	if (!argv[i] || (strcmp(argv[i], "test") && strcmp(argv[i], "t")))
		return 0;
	for (size_t k = 0; k < i; k++)
		words_add_copy(&command->start, argv[k]);
	return i + 1;
}

bool cargo_command_read(struct cargo_command *command, char *const argv[])
{
	struct command_option_given given;
	size_t i;

	memset(command, 0, sizeof(*command));
	command->variant = xstrdup("");
	i = cargo_read_start(command, argv);
	if (!i)
		return false;
	for (; argv[i]; i += given.words) {
		if (!strcmp(argv[i], "--")) {
			take_rest(command, argv + i + 1);
			break;
		}
		given = (struct command_option_given){.words = 1};
		if (*argv[i] != '-') {
			/* Names of tests. */
			command_option_vary(&command->variant, "--");
			command_option_vary(&command->variant, argv[i]);
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

void cargo_command_release(struct cargo_command *command)
{
	words_free(command->start.list);
	words_free(command->flags.list);
	words_free(command->project.list);
	words_free(command->chosen.list);
	free(command->variant);
	memset(command, 0, sizeof(*command));
}

char **cargo_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct cargo_command command;
	struct words words = {0};

	(void)root;
	if (sibling)
		return NULL;
	if (cargo_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		words_add_copy(&words, directory);
		words_add_copy(&words, command.variant);
		if (command.chosen.count)
			words_add_list(&words,
				(const char *const *)command.chosen.list);
	}
	cargo_command_release(&command);
	return words.list;
}

bool cargo_command_is_part(char *const argv[])
{
	struct cargo_command command;
	bool part = cargo_command_read(&command, argv) && *command.variant;

	for (size_t i = 0; i < command.chosen.count; i++)
		part |= strcmp(command.chosen.list[i], "--workspace") != 0 &&
			strcmp(command.chosen.list[i], "--all") != 0;
	cargo_command_release(&command);
	return part;
}
