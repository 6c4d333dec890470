/* SPDX-License-Identifier: MIT */
#include "runners/go/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/path.h"
#include "map/project.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum meaning {
	SHOWS,  /* how it is told, how fast it is done, what is written */
	COUNT,  /* how often tests run */
	TESTS,  /* which tests of a package run, how, or how they end */
	BUILDS, /* what they are built of */
	PLACE,  /* where */
};

static const struct command_option known_flags[] = {
	{"-C", true, PLACE},
	{"-a", false, SHOWS},
	{"-asan", false, BUILDS},
	{"-asmflags", true, BUILDS},
	{"-bench", true, TESTS},
	{"-benchmem", false, SHOWS},
	{"-benchtime", true, TESTS},
	{"-blockprofile", true, SHOWS},
	{"-blockprofilerate", true, SHOWS},
	{"-buildvcs", false, SHOWS},
	{"-compiler", true, BUILDS},
	{"-count", true, COUNT},
	{"-cover", false, SHOWS},
	{"-covermode", true, SHOWS},
	{"-coverprofile", true, SHOWS},
	{"-cpu", true, TESTS},
	{"-cpuprofile", true, SHOWS},
	{"-failfast", false, SHOWS},
	{"-fullpath", false, SHOWS},
	{"-gccgoflags", true, BUILDS},
	{"-gcflags", true, BUILDS},
	{"-installsuffix", true, BUILDS},
	{"-json", false, SHOWS},
	{"-ldflags", true, BUILDS},
	{"-linkshared", false, BUILDS},
	{"-memprofile", true, SHOWS},
	{"-memprofilerate", true, SHOWS},
	{"-mod", true, BUILDS},
	{"-modcacherw", false, SHOWS},
	{"-modfile", true, BUILDS},
	{"-msan", false, BUILDS},
	{"-mutexprofile", true, SHOWS},
	{"-mutexprofilefraction", true, SHOWS},
	{"-outputdir", true, SHOWS},
	{"-p", true, SHOWS},
	{"-parallel", true, SHOWS},
	{"-pgo", true, BUILDS},
	{"-race", false, BUILDS},
	{"-run", true, TESTS},
	{"-short", false, TESTS},
	{"-shuffle", true, SHOWS},
	{"-skip", true, TESTS},
	{"-tags", true, BUILDS},
	{"-timeout", true, SHOWS},
	{"-trace", true, SHOWS},
	{"-trimpath", false, BUILDS},
	{"-v", false, SHOWS},
	{"-vet", true, TESTS},
	{"-work", false, SHOWS},
	{"-x", false, SHOWS},
	{NULL, false, SHOWS},
};

static struct command_option_given read_flag(char *const argv[])
{
	return command_option_read(known_flags, COMMAND_OPTION_FLAG, argv);
}

/* A flag as it is written in one word. */
static char *flag_text(const struct command_option_given *given)
{
	return given->value
		       ? xasprintf("%s=%s", given->option->name, given->value)
		       : xstrdup(given->option->name);
}

static void take_flag(
	struct go_command *command, const struct command_option_given *given)
{
	char *text = flag_text(given);
	int meaning = given->option->meaning;

	if (meaning == PLACE) {
		command->directory = given->value;
		free(text);
		return;
	}
	command->counts |= meaning == COUNT;
	/* What -count=1 asks for is asked for anyway. */
	if (meaning == TESTS || meaning == BUILDS ||
		(meaning == COUNT && strcmp(given->value, "1") != 0))
		command_option_vary(&command->variant, text);
	if (meaning == BUILDS)
		words_add_copy(&command->build, text);
	words_add(&command->flags, text);
}

/* Of files go makes a package that has no place. */
static bool is_package(const char *word)
{
	size_t n = strlen(word);

	return n < 3 || strcmp(word + n - 3, ".go") != 0;
}

static bool is_go(const char *word)
{
	return !strcmp(path_last(word), "go");
}

/* The word behind "test", or 0. */
static size_t go_read_start(struct go_command *command, char *const argv[])
{
	size_t i = launcher_words(argv);

	if (!argv[i] || !is_go(argv[i]))
		return 0;
	for (size_t k = 0; k <= i; k++)
		words_add_copy(&command->start, argv[k]);
	/* Before the verb, too, it can be told where. */
	i++;
	while (argv[i] && !strncmp(argv[i], "-C", 2)) {
		struct command_option_given given = read_flag(argv + i);

		if (!given.words || given.option->meaning != PLACE)
			return 0;
		command->directory = given.value;
		i += given.words;
	}
	return argv[i] && !strcmp(argv[i], "test") ? i + 1 : 0;
}

/* The packages stand together, and what follows them is a flag. */
bool go_command_read(struct go_command *command, char *const argv[])
{
	bool behind = false;
	struct command_option_given given;
	size_t i;

	memset(command, 0, sizeof(*command));
	command->variant = xstrdup("");
	i = go_read_start(command, argv);
	if (!i)
		return false;
	while (argv[i]) {
		if (!strcmp(argv[i], "-args") || !strcmp(argv[i], "--args")) {
			for (; argv[i]; i++) {
				words_add_copy(&command->rest, argv[i]);
				command_option_vary(&command->variant, argv[i]);
			}
			break;
		}
		if (*argv[i] != '-') {
			if (behind || !is_package(argv[i]))
				return false;
			words_add_copy(&command->packages, argv[i++]);
			continue;
		}
		given = read_flag(argv + i);
		if (!given.words)
			return false;
		behind = command->packages.count > 0;
		take_flag(command, &given);
		i += given.words;
	}
	return true;
}

void go_command_release(struct go_command *command)
{
	words_free(command->start.list);
	words_free(command->flags.list);
	words_free(command->build.list);
	words_free(command->packages.list);
	words_free(command->rest.list);
	free(command->variant);
	memset(command, 0, sizeof(*command));
}

char **go_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct go_command command;
	struct words words = {0};

	if (!sibling && go_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		/* From where a pattern is relative. */
		words_add(&words, command.directory ? project_path(root,
							      command.directory)
						    : xstrdup(directory));
		words_add_copy(&words, command.variant);
		if (command.packages.count)
			words_add_list(&words,
				(const char *const *)command.packages.list);
		else
			words_add_copy(&words, ".");
	}
	if (!sibling)
		go_command_release(&command);
	return words.list;
}

bool go_command_is_part(char *const argv[])
{
	struct go_command command;
	bool part = go_command_read(&command, argv) && *command.variant;

	for (size_t i = 0; i < command.packages.count; i++)
		part |= !strstr(command.packages.list[i], "...");
	part |= !command.packages.count;
	go_command_release(&command);
	return part;
}
