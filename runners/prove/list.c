/* SPDX-License-Identifier: MIT */
#include "runners/prove/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/read_file.h"
#include "runners/file_tests.h"
#include "runners/prove/command.h"
#include "runners/prove/hook.h"

struct listing {
	struct runner_tests *tests;
	const char *root;
	const char *variant;
	const char *at, *end; /* of what prove told */
};

/* The next of the texts that end with a NUL; or NULL. */
static const char *next_text(struct listing *listing)
{
	const char *text = listing->at;
	const char *end = text < listing->end
				  ? memchr(text, '\0', listing->end - text)
				  : NULL;

	if (!end)
		return NULL;
	listing->at = end + 1;
	return text;
}

static void take_test(struct listing *listing, const char *name, size_t words)
{
	struct runner_test *test = file_tests_add(
		listing->tests, listing->root, name, listing->variant);
	struct words program = {0};
	const char *word;

	test->skips_itself = true;
	for (; words > 0 && (word = next_text(listing)); words--)
		words_add_copy(&program, word);
	test->words = program.list;
}

static int take_listed(struct listing *listing, struct err *err)
{
	const char *kind, *name, *number;

	while ((kind = next_text(listing))) {
		name = next_text(listing);
		if (name && !strcmp(kind, "pattern")) {
			words_add_copy(&listing->tests->patterns, name);
			continue;
		}
		number = name ? next_text(listing) : NULL;
		if (!number)
			break;
		if (!strcmp(kind, "test"))
			take_test(listing, name, strtoul(number, NULL, 10));
		else
			file_tests_search(listing->tests, listing->root, name,
				*number == '1');
	}
	return kind ? err_set(err, -1, "prove did not list its tests") : 0;
}

/* Behind whatever else was printed. */
static int read_listed(
	struct listing *listing, const char *text, size_t size, struct err *err)
{
	static const char begins[] = "\0" PROVE_LISTED;
	const char *at = memmem(text, size, begins, sizeof(begins));

	if (!at)
		return err_set(err, -1, "prove did not list its tests");
	listing->at = at + sizeof(begins);
	listing->end = text + size;
	return take_listed(listing, err);
}

int prove_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	struct prove_command command;
	struct listing listing = {.tests = tests, .root = root};
	char **words, *text = NULL;
	size_t size;
	int code;

	memset(tests, 0, sizeof(*tests));
	if (!prove_command_read(&command, argv)) {
		prove_command_release(&command);
		return err_set(err, -1, "'%s' runs no test", argv[0]);
	}
	tests->listed = time(NULL);
	tests->chosen = true; /* of each file it is said what it holds */
	listing.variant = command.variant;
	words = prove_hook(argv, command.at, PROVE_LISTS, NULL);
	code = capture(words, &text, &size, err);
	if (code == 0)
		code = read_listed(&listing, text, size, err);
	free(text);
	words_free(words);
	prove_command_release(&command);
	return code;
}

static bool put_asked(const char *folder, const struct runner_tests *tests)
{
	char *path = xasprintf("%s/asked", folder);
	FILE *file = fopen(path, "we");
	bool done = file != NULL;

	for (size_t i = 0; file && i < tests->count; i++)
		if (tests->list[i].asked)
			fprintf(file, "%s%c", tests->list[i].argument, '\0');
	if (file)
		done = fclose(file) == 0;
	free(path);
	return done;
}

char **prove_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct prove_command command;
	char **words = NULL;

	runner_tests_ask(tests, selection, count, known);
	if (selection && !put_asked(folder, tests))
		runner_tests_ask(tests, NULL, 0, NULL);
	if (prove_command_read(&command, argv))
		words = prove_hook(argv, command.at, PROVE_RUNS, folder);
	prove_command_release(&command);
	return words;
}

static const char *outcome_of(const char *text)
{
	return !strcmp(text, "passed")    ? "passed"
	       : !strcmp(text, "skipped") ? "skipped"
					  : "failed";
}

void prove_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	char *path = xasprintf("%s/report", folder);
	size_t size;
	char *text = read_file(path, 0, &size);
	struct listing report = {.at = text, .end = text ? text + size : NULL};
	const char *end, *name, *took;

	(void)argv;
	(void)status;
	while (text && (end = next_text(&report)) &&
		(name = next_text(&report)) && (took = next_text(&report)))
		for (size_t i = 0; i < tests->count; i++) {
			struct runner_test *test = &tests->list[i];

			if (strcmp(test->argument, name) != 0)
				continue;
			test->outcome = outcome_of(end);
			test->duration = (int64_t)(strtod(took, NULL) * 1e6);
		}
	free(text);
	free(path);
}
