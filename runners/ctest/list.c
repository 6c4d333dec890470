/* SPDX-License-Identifier: MIT */
#include "runners/ctest/list.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/intern.h"
#include "base/read_file.h"
#include "base/words.h"
#include "map/project.h"
#include "runners/ctest/command.h"
#include "runners/outcomes/told.h"

/* The texts of an array; NULL where it is none, or empty. */
static char **texts_of(const cJSON *array)
{
	struct words texts = {0};
	const cJSON *each;

	cJSON_ArrayForEach(each, array) if (cJSON_IsString(each))
		words_add_copy(&texts, each->valuestring);
	return texts.list;
}

static const cJSON *property_of(const cJSON *test, const char *name)
{
	const cJSON *each, *text;

	cJSON_ArrayForEach(
		each, cJSON_GetObjectItemCaseSensitive(test, "properties"))
	{
		text = cJSON_GetObjectItemCaseSensitive(each, "name");
		if (cJSON_IsString(text) && !strcmp(text->valuestring, name))
			return cJSON_GetObjectItemCaseSensitive(each, "value");
	}
	return NULL;
}

/* What comes before the names of tests in ids, to be freed. */
static char *id_head(
	const struct ctest_command *command, const struct runner_tests *tests)
{
	return command->config
		       ? xasprintf("%s::%s::", tests->file, command->config)
		       : xasprintf("%s::", tests->file);
}

static char **ids_of(char **names, const char *head)
{
	for (char **name = names; name && *name; name++) {
		char *id = xasprintf("%s%s", head, *name);

		free(*name);
		*name = id;
	}
	return names;
}

static int ctest_list_take_test(
	struct runner_tests *tests, const cJSON *test, const char *head)
{
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(test, "name");
	struct runner_test *added;

	if (!cJSON_IsString(name))
		return -1;
	added = runner_tests_add(tests);
	added->id = xasprintf("%s%s", head, name->valuestring);
	added->words =
		texts_of(cJSON_GetObjectItemCaseSensitive(test, "command"));
	/* Tests that make what it needs are there, too. */
	added->needs = ids_of(texts_of(property_of(test, "DEPENDS")), head);
	added->looked = texts_of(property_of(test, "REQUIRED_FILES"));
	added->off = property_of(test, "DISABLED") != NULL;
	added->skips_itself = property_of(test, "SKIP_RETURN_CODE") ||
			      property_of(test, "SKIP_REGULAR_EXPRESSION");
	return 0;
}

static int take_tests(struct runner_tests *tests, const char *text,
	const char *head, struct err *err)
{
	cJSON *all = cJSON_Parse(text);
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(all, "tests");
	const cJSON *test;
	int code = cJSON_IsArray(list) ? 0 : -1;

	cJSON_ArrayForEach(test, list) if (code == 0) code =
		ctest_list_take_test(tests, test, head);
	cJSON_Delete(all);
	return code < 0 ? err_set(err, code, "ctest did not list its tests")
			: 0;
}

static char **with_words(char *const argv[], const char *const *more)
{
	struct words words = {0};

	words_add_list(&words, (const char *const *)argv);
	words_add_list(&words, more);
	return words.list;
}

int ctest_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	static const char *const asking[] = {"--show-only=json-v1", NULL};
	struct ctest_command command;
	char **words, *text, *head;
	size_t size;
	int code;

	memset(tests, 0, sizeof(*tests));
	if (!ctest_command_read(&command, argv))
		return err_set(err, -1, "'%s' runs no test", argv[0]);
	tests->listed = time(NULL);
	tests->file = project_path(root, command.directory);
	/* Those of other configurations have the same file. */
	tests->chosen = command.filters || command.config;
	words = with_words(argv, asking);
	head = id_head(&command, tests);
	code = capture(words, &text, &size, err);
	if (code == 0)
		code = take_tests(tests, text, head, err);
	free(text);
	free(head);
	words_free(words);
	return code;
}

/* The ids of a selection; empty: all of them. */
static void load_selection(struct interner *chosen,
	const struct runner_tests *tests, char *const *selection, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(selection[i], tests->file)) {
			interner_release(chosen);
			return;
		}
		intern(chosen, selection[i], strlen(selection[i]));
	}
}

static bool is_chosen(
	const struct interner *chosen, const struct runner_test *test)
{
	return intern_find(chosen, test->id, strlen(test->id)) != INTERN_NONE;
}

/*
 * A file for -I: no first, no last, no stride, then the numbers of tests, which
 * are their places in the list of a command that leaves none out.
 */
static char *put_numbers(const struct runner_tests *tests,
	const struct interner *chosen, const char *folder)
{
	char *path = xasprintf("%s/numbers", folder);
	FILE *file = fopen(path, "we");
	bool failed = !file;

	if (file)
		fputs("0,0,0", file);
	for (size_t i = 0; file && i < tests->count; i++)
		if (is_chosen(chosen, &tests->list[i]))
			fprintf(file, ",%zu", i + 1);
	/* Of a line without an end ctest takes nothing. */
	if (file) {
		fputs("\n", file);
		failed = fclose(file) != 0;
	}
	if (failed) {
		free(path);
		return NULL;
	}
	return path;
}

/* CMake's expressions end at 32 KB of program; a letter is one byte of it. */
#define EXPRESSION_MAX 30000

/* An expression for -R that only these match, to be freed; NULL: too long. */
static char *expression_of(const struct runner_tests *tests,
	const struct interner *chosen, size_t head)
{
	char *text = xcalloc(EXPRESSION_MAX, 1);
	size_t n = 2;

	memcpy(text, "^(", 2);
	for (size_t i = 0; i < tests->count; i++) {
		const char *name = tests->list[i].id + head;

		if (!is_chosen(chosen, &tests->list[i]))
			continue;
		if (n + 2 * strlen(name) + 4 > EXPRESSION_MAX) {
			free(text);
			return NULL;
		}
		if (n > 2)
			text[n++] = '|';
		for (; *name; name++) {
			if (strchr("^$.[]-*+?|()\\", *name))
				text[n++] = '\\';
			text[n++] = *name;
		}
	}
	memcpy(text + n, ")$", 2);
	return text;
}

/* Whether ctest takes the words to mean all that are chosen. */
static bool means_chosen(char *const argv[], const struct runner_tests *tests,
	const struct interner *chosen, const char *head)
{
	static const char *const asking[] = {"--show-only=json-v1", NULL};
	char **words = with_words(argv, asking), *text;
	struct runner_tests listed = {.file = xstrdup(tests->file)};
	struct interner met = {0};
	struct err err;
	size_t size;
	bool means = capture(words, &text, &size, &err) == 0 &&
		     take_tests(&listed, text, head, &err) == 0;

	for (size_t i = 0; means && i < listed.count; i++)
		intern(&met, listed.list[i].id, strlen(listed.list[i].id));
	for (size_t i = 0; means && i < tests->count; i++) {
		const char *id = tests->list[i].id;

		means = !is_chosen(chosen, &tests->list[i]) ||
			intern_find(&met, id, strlen(id)) != INTERN_NONE;
	}
	free(text);
	words_free(words);
	runner_tests_release(&listed);
	interner_release(&met);
	return means;
}

/* The command with the chosen tests alone; NULL: it takes no such choice. */
static char **ctest_list_choose(const struct runner_tests *tests,
	char *const argv[], const struct ctest_command *command,
	const struct interner *chosen, const char *folder)
{
	char *head = id_head(command, tests), **words = NULL;
	char *choice = command->filters
			       ? expression_of(tests, chosen, strlen(head))
			       : put_numbers(tests, chosen, folder);

	if (choice) {
		const char *const more[] = {
			command->filters ? "-R" : "-I", choice, NULL};

		words = with_words(argv, more);
	}
	if (words && !means_chosen(words, tests, chosen, head)) {
		words_free(words);
		words = NULL;
	}
	free(choice);
	free(head);
	return words;
}

static char *report_path(
	const struct ctest_command *command, const char *folder)
{
	if (!command->junit)
		return xasprintf("%s/report", folder);
	return *command->junit == '/'
		       ? xstrdup(command->junit)
		       : xasprintf("%s/%s", command->directory, command->junit);
}

char **ctest_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct ctest_command command;
	struct interner chosen = {0};
	char **words = NULL, **all, *report;

	if (!ctest_command_read(&command, argv))
		return NULL;
	load_selection(&chosen, tests, selection, selection ? count : 0);
	for (size_t i = 0; chosen.count && known && i < tests->count; i++) {
		const char *id = tests->list[i].id;

		if (intern_find(known, id, strlen(id)) == INTERN_NONE)
			intern(&chosen, id, strlen(id));
	}
	if (chosen.count)
		words = ctest_list_choose(
			tests, argv, &command, &chosen, folder);
	interner_release(&chosen);
	if (command.junit)
		return words;
	report = report_path(&command, folder);
	all = with_words(words ? words : argv,
		(const char *const[]){"--output-junit", report, NULL});
	words_free(words);
	free(report);
	return all;
}

/* A text as XML has it in an attribute: white space is a blank. */
static char *as_attribute(const char *text)
{
	char *copy = xstrdup(text);

	for (char *at = copy; *at; at++)
		if (*at == '\t' || *at == '\n' || *at == '\r')
			*at = ' ';
	return copy;
}

static void ctest_list_tell(struct runner_tests *tests, const struct told *told,
	const char *head, int status)
{
	for (size_t i = 0; i < tests->count; i++) {
		struct runner_test *test = &tests->list[i];
		char *name = as_attribute(test->id + strlen(head));
		uint32_t at = intern_find(&told->names, name, strlen(name));

		free(name);
		if (at == INTERN_NONE)
			continue;
		test->outcome = told->list[at].outcome;
		test->duration = told->list[at].duration;
		/* It has no program, or what it needs has failed. */
		if (status && !test->off && !test->skips_itself &&
			!strcmp(test->outcome, "skipped"))
			test->outcome = "failed";
	}
}

void ctest_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	struct ctest_command command;
	char *report, *text = NULL, *head;
	struct told told = {0};
	struct stat st;
	struct err err;
	size_t size;

	if (!ctest_command_read(&command, argv))
		return;
	head = id_head(&command, tests);
	report = report_path(&command, folder);
	if (stat(report, &st) == 0 && st.st_mtime >= tests->listed)
		text = read_file(report, 0, &size);
	if (text && junit_read(&told, report, text, size, &err) == 0)
		ctest_list_tell(tests, &told, head, status);
	/* Before CMake 3.21 it writes none. */
	else if (status == 0)
		tests->untold = "passed";
	told_release(&told);
	free(text);
	free(report);
	free(head);
}
