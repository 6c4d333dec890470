/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/option.h"
#include "cli/output.h"
#include "map/command.h"
#include "map/project.h"
#include "tracer/run.h"

/*
 * The words of a line that means the same to everybody who splits it at
 * blanks; NULL for one that only a shell understands.
 */
static char **plain_words(const char *line)
{
	size_t count = 0, room = 0;
	char **words = NULL;

	if (line[strcspn(line, "|&;<>()$`\\\"'*?[]#~=%{}!\n\r\v\f")])
		return NULL;
	while (*(line += strspn(line, " \t"))) {
		size_t n = strcspn(line, " \t");

		*(char **)array_add(&words, &count, &room, sizeof(*words)) =
			xmemdup(line, n);
		line += n;
	}
	array_add(&words, &count, &room, sizeof(*words));
	return words;
}

void command_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

static char **given_words(const struct config_check *config)
{
	char **words = xcalloc(config->argv.count + 1, sizeof(*words));

	for (size_t i = 0; i < config->argv.count; i++)
		words[i] = xstrdup(config->argv.items[i]);
	return words;
}

/* A test runner is recognised by its own words, in a line, too. */
char **command_configured(
	const struct adapter **adapter, const struct config_check *config)
{
	char **given = given_words(config), **words;

	*adapter = NULL;
	if (config->runner && strcmp(config->runner, "none") != 0)
		*adapter = adapter_named(config->runner);
	else if (!config->runner)
		*adapter = adapter_for_command(given);
	if (config->runner || !config->is_line || *adapter)
		return given;
	words = plain_words(config->argv.items[2]);
	*adapter = words ? adapter_for_command(words) : NULL;
	command_free(*adapter ? given : words);
	return *adapter ? words : given;
}

/* The same command as when its words are typed, where it has any. */
char **command_of_test(
	const struct adapter **adapter, const struct config *config)
{
	const struct config_check *test = &config->test;
	char **words = NULL;

	*adapter = NULL;
	if (!test->argv.count)
		return NULL;
	if (test->is_line)
		words = plain_words(test->argv.items[2]);
	if (!words)
		words = given_words(test);
	*adapter = adapter_for_command(words);
	return words;
}

static bool go_to(const char *root, const char *directory)
{
	char *place = project_file(root, directory);
	bool there = chdir(place) == 0;

	if (there)
		setenv("PWD", place, 1);
	else
		note("cannot enter '%s': %s", place, strerror(errno));
	free(place);
	return there;
}

/* As it is shown; a line is one again. */
static char *shown(char **words, const struct config_check *config)
{
	return config && config->is_line ? xstrdup(config->argv.items[2])
					 : run_command_line(words);
}

static void cli_command_announce(
	char **words, const struct config_check *config, const char *directory)
{
	char *line = shown(words, config);
	bool at_root = !strcmp(directory, ".");

	note("'%s'%s%s%s, %s", line, at_root ? "" : " in '",
		at_root ? "" : directory, at_root ? "" : "'",
		config ? "the \"test\" of '" CONFIG_FILE "'"
		       : "the last command that ran completely");
	free(line);
}

/* The words of a whole that was run in full, and where; or NULL. */
static char **find_last(const struct adapter **adapter, char **directory,
	const struct commands *commands)
{
	for (size_t i = 0; i < commands->count; i++) {
		const struct command *command = &commands->list[i];
		char **words = run_command_split(command->line);

		*adapter =
			command->runner ? adapter_named(command->runner) : NULL;
		if (!*adapter || !(*adapter)->is_part(words)) {
			*directory = xstrdup(command->directory);
			return words;
		}
		command_free(words);
	}
	return NULL;
}

static char **last_command(
	const struct adapter **adapter, char **directory, const char *root)
{
	struct commands commands = {0};
	struct map map;
	struct err err;
	char **words = NULL;
	int code = map_open(&map, root, MAP_QUERY, &err);

	if (code == 0) {
		code = commands_load_whole(&commands, &map, &err);
		map_close(&map);
	}
	if (code == 0)
		words = find_last(adapter, directory, &commands);
	else if (code != MAP_MISSING)
		note("%s", err.text);
	commands_release(&commands);
	return words;
}

static void cli_command_tell_none(void)
{
	note("no command given, as in 'ftrace test -- pytest'; '" CONFIG_FILE
	     "' has no \"test\", and no complete run is recorded");
}

int command_usual(char ***words, const struct adapter **adapter,
	const char *root, bool quiet)
{
	struct config config;
	const struct config_check *test = NULL;
	char *directory = NULL;
	struct err err;
	int code = EXIT_RUN_FAILED;

	*words = NULL;
	if (config_load(&config, root, &err) < 0) {
		note("%s", err.text);
		goto out;
	}
	if (config.test.argv.count) {
		test = &config.test;
		*words = command_of_test(adapter, &config);
		directory = xstrdup(".");
	} else {
		*words = last_command(adapter, &directory, root);
	}
	if (!*words) {
		cli_command_tell_none();
		code = EXIT_USAGE;
	} else if (go_to(root, directory)) {
		code = 0;
		if (!quiet)
			cli_command_announce(*words, test, directory);
	}
out:
	free(directory);
	config_release(&config);
	return code;
}
