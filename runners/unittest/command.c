/* SPDX-License-Identifier: MIT */
/*
 * `python [OPTIONS] -m unittest ARGUMENTS`, also behind a program that runs
 * it, such as env or coverage. What stands before the arguments counts as it
 * is, but Python is told by where it lies.
 */
#include "runners/unittest/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "runners/python/python.h"

/* What an option does to the tests. */
enum sense {
	SENSE_RUN,   /* what is run, or nobody knows */
	SENSE_SHOWN, /* what is printed, or when to give up */
	SENSE_CHOSEN /* some of the tests alone */
};

struct option {
	enum sense sense;
	size_t words; /* that it is made of */
};

/* Options of one letter that only show, of which several share a word. */
#define SHOWN "bcfqv"

static const char *const shown[] = {"--buffer", "--catch", "--failfast",
	"--locals", "--quiet", "--verbose", NULL};
#define DURATIONS "--durations"

/* The word "unittest" behind a -m, or 0. */
static size_t find_unittest(char *const argv[])
{
	size_t at = python_is(argv[0]) ? python_find_module(argv) : 0;

	if (at && !strcmp(argv[at], "unittest"))
		return at;
	if (!python_is_launched(argv))
		return 0;
	for (at = 2; argv[1] && argv[at]; at++)
		if (!strcmp(argv[at], "unittest") &&
			!strcmp(argv[at - 1], "-m"))
			return at;
	return 0;
}

bool unittest_recognise(char *const argv[])
{
	return find_unittest(argv) != 0;
}

static struct option command_read(char *const argv[])
{
	const char *word = argv[0];
	size_t n = sizeof(DURATIONS) - 1;

	for (size_t i = 0; shown[i]; i++)
		if (!strcmp(shown[i], word))
			return (struct option){SENSE_SHOWN, 1};
	if (!strncmp(word, DURATIONS, n) && word[n] == '=')
		return (struct option){SENSE_SHOWN, 1};
	if (!strcmp(word, DURATIONS) && argv[1])
		return (struct option){SENSE_SHOWN, 2};
	if (word[0] == '-' && word[1] == 'k')
		return (struct option){
			SENSE_CHOSEN, word[2] || !argv[1] ? 1 : 2};
	if (word[0] == '-' && word[1] && !word[1 + strspn(word + 1, SHOWN)])
		return (struct option){SENSE_SHOWN, 1};
	return (struct option){SENSE_RUN, 1};
}

char **unittest_asked(char *const argv[], const char *root,
	const char *directory, bool sibling)
{
	struct words words = {0};
	size_t at = find_unittest(argv);
	struct option option;

	if (sibling)
		return NULL;
	python_add_start(&words, argv, at, root, directory);
	for (size_t i = at + 1; at && argv[i]; i += option.words) {
		option = command_read(argv + i);
		for (size_t k = 0;
			option.sense != SENSE_SHOWN && k < option.words; k++)
			words_add_copy(&words, argv[i + k]);
	}
	return words.list;
}

/* Discovery goes through a folder; whatever is named otherwise is a part. */
bool unittest_is_part(char *const argv[])
{
	size_t at = find_unittest(argv);
	bool discovers = argv[at] && argv[at + 1] &&
			 !strcasecmp(argv[at + 1], "discover");
	struct option option;

	for (size_t i = at + 1; at && argv[i]; i += option.words) {
		option = command_read(argv + i);
		if (option.sense == SENSE_CHOSEN ||
			(!discovers && argv[i][0] != '-' &&
				option.sense == SENSE_RUN))
			return true;
	}
	return false;
}
