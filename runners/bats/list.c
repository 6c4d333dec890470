/* SPDX-License-Identifier: MIT */
#include "runners/bats/list.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "runners/bats/command.h"
#include "runners/file_tests.h"

struct search {
	struct runner_tests *tests;
	const struct bats_command *command;
	const char *root;
	const char *extension; /* with its dot */
};

/* A folder, and those above it that lead to it. */
struct way {
	const struct way *from;
	dev_t device;
	ino_t inode;
};

/* As a shell names it: links on the way stay. To be freed. */
static char *here(void)
{
	const char *name = getenv("PWD");
	struct stat st, own;

	if (name && *name == '/' && stat(name, &st) == 0 &&
		stat(".", &own) == 0 && st.st_dev == own.st_dev &&
		st.st_ino == own.st_ino)
		return xstrdup(name);
	return realpath(".", NULL);
}

/* A place by the path that bats has for it: cd makes it, by names alone. To be
 * freed. */
static char *expand(const char *place)
{
	char *from = *place == '/' ? NULL : here();
	char *text = xasprintf("%s/%s", from ? from : "", place);
	char *path = xcalloc(strlen(text) + 2, 1), *rest, *name;
	size_t n = 0;

	for (name = strtok_r(text, "/", &rest); name;
		name = strtok_r(NULL, "/", &rest)) {
		if (!strcmp(name, ".."))
			while (n && path[--n] != '/')
				;
		else if (strcmp(name, ".") != 0)
			n += (size_t)sprintf(path + n, "/%s", name);
		path[n] = '\0';
	}
	if (!n)
		strcpy(path, "/");
	free(text);
	free(from);
	return path;
}

/* The process of a file is told it by this path, among other words. */
static void take_file(struct search *search, const char *path)
{
	struct runner_test *test = file_tests_add(
		search->tests, search->root, path, search->command->variant);
	struct words signs = {0};

	words_add_copy(&signs, "*bats-exec-file");
	words_add_copy(&signs, path);
	test->signs = signs.list;
}

static bool is_named(const struct search *search, const char *name)
{
	size_t n = strlen(name), end = strlen(search->extension);

	return n >= end && !strcmp(name + n - end, search->extension);
}

static bool is_on(const struct way *way, const struct stat *st)
{
	for (; way; way = way->from)
		if (way->device == st->st_dev && way->inode == st->st_ino)
			return true;
	return false;
}

/* Without -r a shell's pattern finds the files: none that is hidden. */
static void take_folder(
	struct search *search, const char *folder, const struct way *from)
{
	bool recurses = search->command->recurses;
	struct dirent *entry;
	struct stat st;
	DIR *dir = stat(folder, &st) == 0 && !is_on(from, &st) ? opendir(folder)
							       : NULL;
	struct way way = {from, st.st_dev, st.st_ino};

	if (!dir)
		return;
	file_tests_search(search->tests, search->root, folder, recurses);
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;
		char *path;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		path = xasprintf("%s/%s", folder, name);
		if (stat(path, &st) == 0) {
			if (S_ISDIR(st.st_mode) && recurses)
				take_folder(search, path, &way);
			else if (S_ISREG(st.st_mode) &&
				 is_named(search, name) &&
				 (recurses || *name != '.'))
				take_file(search, path);
		}
		free(path);
	}
	closedir(dir);
}

static void take_places(struct search *search)
{
	for (size_t i = 0; i < search->command->places.count; i++) {
		char *path = expand(search->command->places.list[i]);
		struct stat st;

		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			take_folder(search, path, NULL);
		else
			take_file(search, path);
		free(path);
	}
}

int bats_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	const char *ending = getenv("BATS_FILE_EXTENSION");
	struct bats_command command;
	struct search search = {tests, &command, root, NULL};
	char *extension = xasprintf(".%s", ending && *ending ? ending : "bats");
	int code = 0;

	memset(tests, 0, sizeof(*tests));
	tests->listed = time(NULL);
	tests->chosen = true; /* of each file it is said what it holds */
	tests->by_status = true;
	search.extension = extension;
	words_add(&tests->patterns, xasprintf("*%s", extension));
	if (bats_command_read(&command, argv))
		take_places(&search);
	else
		code = err_set(err, -1, "'%s' runs no test", argv[0]);
	bats_command_release(&command);
	free(extension);
	return code;
}

/*
 * It stands beside one of the places, the first that has one, and would not be
 * found beside the files of a choice. To be freed; or NULL.
 */
static char *setup_of(const struct bats_command *command)
{
	for (size_t i = 0; i < command->places.count; i++) {
		char *path = expand(command->places.list[i]), *setup;
		struct stat st;

		if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			*strrchr(path, '/') = '\0';
		setup = xasprintf("%s/setup_suite.bash", path);
		free(path);
		if (access(setup, F_OK) == 0)
			return setup;
		free(setup);
	}
	return NULL;
}

char **bats_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct bats_command command;
	struct words words = {0};
	size_t asked = runner_tests_ask(tests, selection, count, known);
	char *setup;

	(void)folder;
	if (!selection)
		return NULL;
	if (!asked) {
		words_add_copy(&words, "true");
		return words.list;
	}
	if (bats_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		if (command.options.count)
			words_add_list(&words,
				(const char *const *)command.options.list);
		setup = command.has_setup ? NULL : setup_of(&command);
		if (setup) {
			words_add_copy(&words, "--setup-suite-file");
			words_add(&words, setup);
		}
		for (size_t i = 0; i < tests->count; i++)
			if (tests->list[i].asked)
				words_add_copy(&words, tests->list[i].argument);
	}
	bats_command_release(&command);
	return words.list;
}

/* How they ended their processes say. */
void bats_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	(void)tests;
	(void)argv;
	(void)folder;
	(void)status;
}
