/* SPDX-License-Identifier: MIT */
#include "runners/launcher.h"

#include <ctype.h>
#include <string.h>

#include "base/path.h"

bool launcher_hands_on(char *const argv[])
{
	static const char *const names[] = {"env", "ionice", "nice", "nohup",
		"setsid", "stdbuf", "taskset", "time", "timeout", "xvfb-run",
		NULL};
	const char *name = path_last(argv[0]);

	for (size_t i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/*
 * Whether a word is an option of a launcher's, a variable, a number or a time;
 * what is neither is the command. Into another folder nobody follows.
 */
static bool is_launchers(const char *word)
{
	if (!strncmp(word, "-C", 2) || !strncmp(word, "--chdir", 7) ||
		!strncmp(word, "-S", 2) || !strncmp(word, "--split", 7))
		return false;
	return *word == '-' || strchr(word, '=') || isdigit(*word);
}

size_t launcher_words(char *const argv[])
{
	size_t i = 0;

	if (launcher_hands_on(argv))
		for (i = 1; argv[i] && is_launchers(argv[i]);)
			i++;
	return i;
}
