/* SPDX-License-Identifier: MIT */
#include "runners/prove/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "runners/command_option.h"
#include "runners/launcher.h"

enum meaning {
	SHOWS,   /* how it is told, or how fast it is done */
	DECIDES, /* what a test does, or how it ends */
	LIBRARY, /* the project's own, which tests may find by themselves */
	FINDS,   /* where tests are looked for, and by which names */
	STATE,   /* which tests run, by how they ended before; or only that it
		  * is kept */
};

static const struct command_option options[] = {
	{"-v", false, SHOWS},
	{"--verbose", false, SHOWS},
	{"-f", false, SHOWS},
	{"--failures", false, SHOWS},
	{"-o", false, SHOWS},
	{"--comments", false, SHOWS},
	{"-l", false, LIBRARY},
	{"--lib", false, LIBRARY},
	{"-b", false, DECIDES},
	{"--blib", false, DECIDES},
	{"-s", false, SHOWS},
	{"--shuffle", false, SHOWS},
	{"-c", false, SHOWS},
	{"--color", false, SHOWS},
	{"--nocolor", false, SHOWS},
	{"--no-color", false, SHOWS},
	{"--colour", false, SHOWS},
	{"--nocolour", false, SHOWS},
	{"--no-colour", false, SHOWS},
	{"--count", false, SHOWS},
	{"--nocount", false, SHOWS},
	{"--no-count", false, SHOWS},
	{"--ext", true, FINDS},
	{"--ignore-exit", false, DECIDES},
	{"--formatter", true, SHOWS},
	{"-r", false, FINDS},
	{"--recurse", false, FINDS},
	{"--reverse", false, SHOWS},
	{"-p", false, SHOWS},
	{"--parse", false, SHOWS},
	{"-q", false, SHOWS},
	{"--quiet", false, SHOWS},
	{"-Q", false, SHOWS},
	{"--QUIET", false, SHOWS},
	{"-e", true, DECIDES},
	{"--exec", true, DECIDES},
	{"-m", false, DECIDES},
	{"--merge", false, DECIDES},
	{"-I", true, DECIDES},
	{"--norc", false, FINDS},
	{"--rc", true, FINDS},
	{"--state", true, STATE},
	{"--statefile", true, SHOWS},
	{"--directives", false, SHOWS},
	{"-a", true, SHOWS},
	{"--archive", true, SHOWS},
	{"-j", true, SHOWS},
	{"--jobs", true, SHOWS},
	{"--timer", false, SHOWS},
	{"-T", false, DECIDES},
	{"-t", false, DECIDES},
	{"-W", false, DECIDES},
	{"-w", false, DECIDES},
	{"--normalize", false, SHOWS},
	{"--rules", true, SHOWS},
	{"--tapversion", true, DECIDES},
	{"--trap", false, SHOWS},
	{NULL, false, SHOWS},
};

/* Letters behind one dash are options of their own; of one with a value what
 * follows it is that. */
static void unbundle(struct words *words, const char *word)
{
	if (word[0] != '-' || !word[1] || word[1] == '-') {
		words_add_copy(words, word);
		return;
	}
	while (*++word) {
		char letter[] = {'-', *word, '\0'};

		words_add_copy(words, letter);
		if (strchr("eIja", *word) && word[1]) {
			words_add_copy(words, word + 1);
			return;
		}
	}
}

static void vary(
	struct prove_command *command, const struct command_option_given *given)
{
	command_option_vary(&command->variant, given->option->name);
	if (given->value)
		command_option_vary(&command->variant, given->value);
}

static void take_option(
	struct prove_command *command, const struct command_option_given *given)
{
	int meaning = given->option->meaning;

	if (meaning == STATE && !strcmp(given->value, "save"))
		return;
	command->chooses |= meaning == STATE;
	if (meaning == DECIDES)
		vary(command, given);
	if (meaning == SHOWS)
		return;
	words_add_copy(&command->asking, given->option->name);
	if (given->value)
		words_add_copy(&command->asking, given->value);
}

/* What follows "::" is for the tests. */
static void take_rest(struct prove_command *command, char *const rest[])
{
	for (; *rest; rest++) {
		command_option_vary(&command->variant, *rest);
		words_add_copy(&command->asking, *rest);
	}
}

static bool is_prove(const char *word)
{
	const char *slash = strrchr(word, '/');

	return !strcmp(slash ? slash + 1 : word, "prove");
}

static bool read_words(struct prove_command *command, char *const argv[])
{
	struct command_option_given given;

	for (size_t i = 0; argv[i]; i += given.words) {
		given.words = 1;
		if (!strcmp(argv[i], "::")) {
			take_rest(command, argv + i);
			return true;
		}
		if (*argv[i] != '-') {
			words_add_copy(&command->places, argv[i]);
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

/* Our own way into prove would be shut by a launcher that sets it, too. */
static bool sets_options(char *const argv[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strncmp(argv[i], "PERL5OPT=", 9))
			return true;
	return false;
}

bool prove_command_read(struct prove_command *command, char *const argv[])
{
	struct words words = {0};
	size_t i = launcher_words(argv);
	bool yes;

	*command = (struct prove_command){.at = i, .variant = xstrdup("")};
	if (!argv[i] || !is_prove(argv[i]) || sets_options(argv, i))
		return false;
	for (i++; argv[i] && strcmp(argv[i], "::") != 0; i++)
		unbundle(&words, argv[i]);
	if (argv[i])
		words_add_list(&words, (const char *const *)argv + i);
	yes = !words.count || read_words(command, words.list);
	words_free(words.list);
	return yes;
}

void prove_command_release(struct prove_command *command)
{
	words_free(command->asking.list);
	words_free(command->places.list);
	free(command->variant);
	*command = (struct prove_command){0};
}

char **prove_command_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct prove_command command;
	struct words words = {0};

	(void)root;
	if (sibling)
		return NULL;
	if (prove_command_read(&command, argv)) {
		for (size_t i = 0; i <= command.at; i++)
			words_add_copy(&words, argv[i]);
		/* From where places are relative. */
		words_add_copy(&words, directory);
		if (command.asking.count)
			words_add_list(&words,
				(const char *const *)command.asking.list);
		if (command.places.count)
			words_add_list(&words,
				(const char *const *)command.places.list);
	}
	prove_command_release(&command);
	return words.list;
}

bool prove_command_is_part(char *const argv[])
{
	struct prove_command command;
	bool part = prove_command_read(&command, argv) && command.chooses;
	struct stat st;

	for (size_t i = 0; i < command.places.count; i++)
		part |= stat(command.places.list[i], &st) < 0 ||
			!S_ISDIR(st.st_mode);
	prove_command_release(&command);
	return part;
}
