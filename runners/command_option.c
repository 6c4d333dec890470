/* SPDX-License-Identifier: MIT */
#include "runners/command_option.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const struct command_option *command_option_named(
	const struct command_option *table, const char *name, size_t size)
{
	for (; table->name; table++)
		if (strlen(table->name) == size &&
			!memcmp(table->name, name, size))
			return table;
	return NULL;
}

struct command_option_given command_option_read(
	const struct command_option *table, enum command_option_form form,
	char *const argv[])
{
	const char *word = argv[0], *equals;
	struct command_option_given given = {0};

	if (form == COMMAND_OPTION_FLAG && !strncmp(word, "--", 2))
		word++;
	equals = form == COMMAND_OPTION_APART ? NULL : strchr(word, '=');
	given.option = command_option_named(
		table, word, equals ? (size_t)(equals - word) : strlen(word));
	if (!given.option ||
		(equals && !given.option->value && form != COMMAND_OPTION_FLAG))
		return given;
	given.words = 1;
	given.value = equals ? equals + 1 : NULL;
	if (!given.option->value || equals)
		return given;
	given.value = argv[1];
	given.words = argv[1] ? 2 : 0;
	return given;
}

void command_option_vary(char **variant, const char *word)
{
	size_t before = strlen(*variant), n = before;
	char *longer = xcalloc(before + 2 * strlen(word) + 2, 1);

	memcpy(longer, *variant, before);
	if (n)
		longer[n++] = ' ';
	for (; *word; word++) {
		if (*word == ' ' || *word == '\\')
			longer[n++] = '\\';
		longer[n++] = *word;
	}
	free(*variant);
	*variant = longer;
}
