/* SPDX-License-Identifier: MIT */
#include "runners/go/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/json.h"
#include "runners/go/command.h"
#include "runners/go/list.h"

static void add_asked(struct words *words, const struct runner_tests *tests)
{
	for (size_t i = 0; i < tests->count; i++)
		if (tests->list[i].asked)
			words_add_copy(words, tests->list[i].argument);
}

/*
 * A result out of go's cache is none of this run, and nothing would be seen of
 * the test: -count=1 is how go is told to run it.
 */
char **go_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct go_command command;
	struct words words = {0}, asked = {0};

	(void)folder;
	runner_tests_ask(tests, selection, count, known);
	if (selection)
		add_asked(&asked, tests);
	else if (go_command_read(&command, argv) && command.packages.count)
		words_add_list(
			&asked, (const char *const *)command.packages.list);
	if (!selection)
		go_command_release(&command);
	if (selection && !asked.count) {
		/* Without a package go would test the folder it is in. */
		words_add_copy(&words, "true");
		return words.list;
	}
	if (go_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		words_add_copy(&words, "test");
		if (command.directory)
			words_add(
				&words, xasprintf("-C=%s", command.directory));
		if (command.flags.count)
			words_add_list(&words,
				(const char *const *)command.flags.list);
		if (!command.counts)
			words_add_copy(&words, "-count=1");
		if (asked.count)
			words_add_list(&words, (const char *const *)asked.list);
		if (command.rest.count)
			words_add_list(
				&words, (const char *const *)command.rest.list);
	}
	go_command_release(&command);
	words_free(asked.list);
	return words.list;
}

/* The packages that go cannot build: it has nothing to show for them. */
static void find_broken(struct interner *broken,
	const struct runner_tests *tests, const struct go_command *command)
{
	static const char *const asking[] = {
		"list", "-e", "-export", "-json=ImportPath,Export", NULL};
	struct words packages = {0};
	char **words, *text;
	const char *at;
	cJSON *package;
	struct err err;
	size_t size;

	for (size_t i = 0; i < tests->count; i++)
		if (tests->list[i].asked && tests->list[i].builds_only)
			words_add_copy(&packages, tests->list[i].argument);
	words = go_list_words(
		command, asking, (const char *const *)packages.list);
	at = capture(words, &text, &size, &err) == 0 ? text : "";
	while ((package = go_list_next(&at))) {
		const char *path = json_member_text(package, "ImportPath");

		if (path && !json_member_text(package, "Export"))
			intern(broken, path, strlen(path));
		cJSON_Delete(package);
	}
	free(text);
	words_free(words);
	words_free(packages.list);
}

void go_told(struct runner_tests *tests, char *const argv[], const char *folder,
	int status)
{
	struct go_command command;
	struct interner broken = {0};
	bool any = false;

	(void)folder;
	for (size_t i = 0; i < tests->count; i++)
		any |= tests->list[i].asked && tests->list[i].builds_only;
	/* What was broken off, or asked wrongly, says nothing. */
	if (status > 1)
		return;
	/* What could not be built ran no program. */
	for (size_t i = 0; i < tests->count; i++)
		tests->list[i].unseen = "failed";
	if (!any)
		return;
	if (go_command_read(&command, argv) && status)
		find_broken(&broken, tests, &command);
	go_command_release(&command);
	for (size_t i = 0; i < tests->count; i++) {
		struct runner_test *test = &tests->list[i];

		if (test->asked && test->builds_only)
			test->outcome =
				intern_find(&broken, test->argument,
					strlen(test->argument)) == INTERN_NONE
					? "passed"
					: "failed";
	}
	interner_release(&broken);
}
