/* SPDX-License-Identifier: MIT */
#include "runners/bats/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum meaning {
	SHOWS,   /* how it is told, or how fast it is done */
	CHOOSES, /* which of a file's tests run */
	FINDS,   /* whether files are looked for in folders of folders */
	SETUP,   /* what all tests run after */
};

static const struct command_option options[] = {
	{"--abort", false, SHOWS},
	{"--code-quote-style", true, SHOWS},
	{"-f", true, CHOOSES},
	{"--filter", true, CHOOSES},
	{"--filter-tags", true, CHOOSES},
	{"-F", true, SHOWS},
	{"--formatter", true, SHOWS},
	{"--gather-test-outputs-in", true, SHOWS},
	{"-j", true, SHOWS},
	{"--jobs", true, SHOWS},
	{"--no-tempdir-cleanup", false, SHOWS},
	{"--no-parallelize-across-files", false, SHOWS},
	{"--no-parallelize-within-files", false, SHOWS},
	{"--parallel-preserve-environment", false, SHOWS},
	{"--report-formatter", true, SHOWS},
	{"-o", true, SHOWS},
	{"--output", true, SHOWS},
	{"-p", false, SHOWS},
	{"--pretty", false, SHOWS},
	{"--print-output-on-failure", false, SHOWS},
	{"-r", false, FINDS},
	{"--recursive", false, FINDS},
	{"--setup-suite-file", true, SETUP},
	{"--show-output-of-passing-tests", false, SHOWS},
	{"-t", false, SHOWS},
	{"--tap", false, SHOWS},
	{"-T", false, SHOWS},
	{"--timing", false, SHOWS},
	{"-x", false, SHOWS},
	{"--trace", false, SHOWS},
	{"--verbose-run", false, SHOWS},
	{NULL, false, SHOWS},
};

/* As bats does it: each letter behind one dash is an option of its own. */
static void unbundle(struct words *words, const char *word)
{
	if (word[0] != '-' || !word[1] || word[1] == '-') {
		words_add_copy(words, word);
		return;
	}
	while (*++word)
		words_add(words, xasprintf("-%c", *word));
}

static void take_option(
	struct bats_command *command, const struct command_option_given *given)
{
	int meaning = given->option->meaning;

	words_add_copy(&command->options, given->option->name);
	if (given->value)
		words_add_copy(&command->options, given->value);
	command->recurses |= meaning == FINDS;
	command->has_setup |= meaning == SETUP;
	if (meaning == CHOOSES) {
		command_option_vary(&command->variant, given->option->name);
		command_option_vary(&command->variant, given->value);
	}
	if (meaning == SHOWS)
		return;
	words_add_copy(&command->asking, given->option->name);
	if (given->value)
		words_add_copy(&command->asking, given->value);
}

static bool read_words(struct bats_command *command, char *const argv[])
{
	struct command_option_given given;

	for (size_t i = 0; argv[i]; i += given.words) {
		given.words = 1;
		if (*argv[i] != '-') {
			words_add_copy(&command->places, argv[i]);
			continue;
		}
		given = command_option_read(
			options, COMMAND_OPTION_APART, argv + i);
		if (!given.words)
			return false;
		take_option(command, &given);
	}
	return command->places.count > 0;
}

static bool is_bats(const char *word)
{
	const char *slash = strrchr(word, '/');

	return !strcmp(slash ? slash + 1 : word, "bats");
}

bool bats_command_read(struct bats_command *command, char *const argv[])
{
	size_t at = launcher_words(argv);
	struct words words = {0};
	bool yes;

	*command = (struct bats_command){.variant = xstrdup("")};
	if (!argv[at] || !is_bats(argv[at]))
		return false;
	for (size_t i = 0; i <= at; i++)
		words_add_copy(&command->start, argv[i]);
	for (size_t i = at + 1; argv[i]; i++)
		unbundle(&words, argv[i]);
	yes = words.count && read_words(command, words.list);
	words_free(words.list);
	return yes;
}

void bats_command_release(struct bats_command *command)
{
	words_free(command->start.list);
	words_free(command->options.list);
	words_free(command->asking.list);
	words_free(command->places.list);
	free(command->variant);
	*command = (struct bats_command){0};
}

char **bats_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct bats_command command;
	struct words words = {0};

	(void)root;
	if (sibling)
		return NULL;
	if (bats_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		/* From where places are relative. */
		words_add_copy(&words, directory);
		if (command.asking.count)
			words_add_list(&words,
				(const char *const *)command.asking.list);
		words_add_list(
			&words, (const char *const *)command.places.list);
	}
	bats_command_release(&command);
	return words.list;
}

bool bats_command_is_part(char *const argv[])
{
	struct bats_command command;
	bool part = bats_command_read(&command, argv) && *command.variant;
	struct stat st;

	for (size_t i = 0; i < command.places.count; i++)
		part |= stat(command.places.list[i], &st) < 0 ||
			!S_ISDIR(st.st_mode);
	bats_command_release(&command);
	return part;
}
