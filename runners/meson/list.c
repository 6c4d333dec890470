/* SPDX-License-Identifier: MIT */
#include "runners/meson/list.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "base/capture.h"
#include "base/read_file.h"
#include "map/project.h"
#include "runners/meson/built.h"
#include "runners/meson/command.h"

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *text = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(text) ? text->valuestring : NULL;
}

static char **texts_of(const cJSON *array)
{
	struct words texts = {0};
	const cJSON *each;

	cJSON_ArrayForEach(each, array) if (cJSON_IsString(each))
		words_add_copy(&texts, each->valuestring);
	return texts.list;
}

/* A suite is a project's name and, behind a colon, that of one in it. */
static char *pretty_of(const cJSON *test, const char *name)
{
	const cJSON *suites = cJSON_GetObjectItemCaseSensitive(test, "suite");
	const cJSON *each;
	char *all = NULL, *pretty;

	cJSON_ArrayForEach(each, suites)
	{
		const char *colon = strchr(each->valuestring, ':');
		char *longer = xasprintf("%s%s%s", all ? all : "",
			all ? "+" : "", colon ? colon + 1 : "");

		free(all);
		all = longer;
	}
	each = cJSON_GetArrayItem(suites, 0);
	pretty = xasprintf("%.*s%s%s / %s",
		each ? (int)strcspn(each->valuestring, ":") : 0,
		each ? each->valuestring : "", all && *all ? ":" : "",
		all ? all : "", name);
	free(all);
	return pretty;
}

/* Which of them a command that filters runs: as it names them, in a line. */
static char *filtered(const struct meson_command *command, struct err *err)
{
	struct words words = {0};
	char *text = NULL, *lines;
	size_t size;

	words_add_list(&words, (const char *const *)command->start.list);
	words_add_copy(&words, "--list");
	words_add_copy(&words, "--no-rebuild");
	words_add_list(&words, (const char *const *)command->options.list);
	if (command->names.count)
		words_add_list(
			&words, (const char *const *)command->names.list);
	if (capture(words.list, &text, &size, err) < 0)
		text = NULL;
	words_free(words.list);
	lines = text ? xasprintf("\n%s\n", text) : NULL;
	free(text);
	return lines;
}

static bool is_among(const char *lines, const cJSON *test, const char *name)
{
	char *pretty = pretty_of(test, name);
	char *line = xasprintf("\n%s\n", pretty);
	char *bare = xasprintf("\n%s\n", name);
	bool yes = strstr(lines, line) || strstr(lines, bare);

	free(bare);
	free(line);
	free(pretty);
	return yes;
}

/* As meson takes it back; to be freed. */
static char *argument_of(const cJSON *test, const char *name)
{
	const cJSON *suites = cJSON_GetObjectItemCaseSensitive(test, "suite");
	const cJSON *suite = cJSON_GetArrayItem(suites, 0);
	const char *text = cJSON_IsString(suite) ? suite->valuestring : "";

	return xasprintf("%.*s:%s", (int)strcspn(text, ":"), text, name);
}

static void take_test(
	struct runner_tests *tests, const cJSON *test, const char *name)
{
	struct runner_test *added = runner_tests_add(tests);

	added->argument = argument_of(test, name);
	added->id = xasprintf("%s::%s", tests->file, added->argument);
	added->words = texts_of(cJSON_GetObjectItemCaseSensitive(test, "cmd"));
	added->skips_itself = true;
}

/* Of two of one name, which are one unit, it runs one alone. */
static bool splits_unit(const struct runner_tests *tests, const cJSON *left)
{
	const cJSON *test;
	bool splits = false;

	cJSON_ArrayForEach(test, left)
	{
		char *argument = argument_of(test, text_of(test, "name"));

		for (size_t i = 0; i < tests->count; i++)
			splits |= !strcmp(tests->list[i].argument, argument);
		free(argument);
	}
	return splits;
}

static int take_tests(struct runner_tests *tests, const char *folder,
	const char *lines, struct err *err)
{
	char *path = xasprintf("%s/meson-info/intro-tests.json", folder);
	size_t size;
	char *text = read_file(path, 0, &size);
	cJSON *all = text ? cJSON_Parse(text) : NULL;
	cJSON *left = cJSON_CreateArray();
	const cJSON *test;
	int code = cJSON_IsArray(all) ? 0 : -1;

	cJSON_ArrayForEach(test, all)
	{
		const char *name = text_of(test, "name");

		if (name && (!lines || is_among(lines, test, name)))
			take_test(tests, test, name);
		else if (name)
			cJSON_AddItemToArray(left, cJSON_Duplicate(test, true));
	}
	if (splits_unit(tests, left))
		code = -1;
	cJSON_Delete(left);
	cJSON_Delete(all);
	free(text);
	free(path);
	return code < 0 ? err_set(err, code, "'%s' does not list its tests",
				  folder)
			: 0;
}

/* What it keeps for itself there, and writes each time. */
static void add_own(struct runner_tests *tests, const char *folder)
{
	static const char *const names[] = {".ninja_log", ".ninja_deps",
		".ninja_lock", "meson-logs", "meson-private", NULL};

	for (size_t i = 0; names[i]; i++)
		words_add(&tests->own, xasprintf("%s/%s", folder, names[i]));
}

int meson_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	struct meson_command command;
	char *folder = NULL, *lines = NULL;
	int code = -1;

	memset(tests, 0, sizeof(*tests));
	tests->listed = time(NULL);
	if (meson_command_read(&command, argv))
		folder = realpath(command.directory, NULL);
	if (folder) {
		tests->file = project_path(root, command.directory);
		tests->chosen = command.filters;
		add_own(tests, folder);
		/* As the command would do itself, and then has not to. */
		if (command.builds)
			meson_built_regenerate(folder);
		if (command.filters)
			lines = filtered(&command, err);
		if (lines || !command.filters)
			code = take_tests(tests, folder, lines, err);
	} else {
		err_set(err, -1, "'%s' runs no test", argv[0]);
	}
	free(lines);
	free(folder);
	meson_command_release(&command);
	return code;
}

/* Those of one name in one project are one to meson as well. */
static bool was_asked(const struct runner_tests *tests, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (tests->list[k].asked && !strcmp(tests->list[k].argument,
						    tests->list[i].argument))
			return true;
	return false;
}

char **meson_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	struct meson_command command;
	struct words words = {0};
	size_t asked = runner_tests_ask(tests, selection, count, known);

	(void)folder;
	if (!selection)
		return NULL;
	if (!asked) {
		/* Without a name meson would run all. */
		words_add_copy(&words, "true");
		return words.list;
	}
	if (meson_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.start.list);
		if (command.options.count)
			words_add_list(&words,
				(const char *const *)command.options.list);
		for (size_t i = 0; i < tests->count; i++)
			if (tests->list[i].asked && !was_asked(tests, i))
				words_add_copy(&words, tests->list[i].argument);
	}
	meson_command_release(&command);
	return words.list;
}

/* NULL: it did not come to an end. */
static const char *outcome_of(const char *result)
{
	static const char *const outcomes[][2] = {{"OK", "passed"},
		{"SKIP", "skipped"}, {"EXPECTEDFAIL", "xfailed"},
		{"UNEXPECTEDPASS", "failed"}, {"FAIL", "failed"},
		{"TIMEOUT", "failed"}, {"ERROR", "failed"}};

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++)
		if (!strcmp(outcomes[i][0], result))
			return outcomes[i][1];
	return NULL;
}

static bool are_words(char *const *words, const cJSON *array)
{
	const cJSON *each;

	cJSON_ArrayForEach(
		each, array) if (!words || !*words || !cJSON_IsString(each) ||
				 strcmp(*words++, each->valuestring) !=
					 0) return false;
	return words && !*words;
}

/* Of two of one name that is told which ended worse. */
static void take_told(struct runner_tests *tests, const cJSON *told)
{
	const char *name = text_of(told, "name");
	const char *result = text_of(told, "result");
	const cJSON *words = cJSON_GetObjectItemCaseSensitive(told, "command");
	const cJSON *took = cJSON_GetObjectItemCaseSensitive(told, "duration");
	size_t n = name ? strlen(name) : 0;

	for (size_t i = 0; name && result && i < tests->count; i++) {
		struct runner_test *test = &tests->list[i];
		const char *own = strchr(test->argument, ':') + 1;
		size_t size = strlen(own);

		if (n < size || strcmp(name + n - size, own) != 0 ||
			!are_words(test->words, words))
			continue;
		if (!test->outcome || strcmp(test->outcome, "failed") != 0)
			test->outcome = outcome_of(result);
		if (cJSON_IsNumber(took))
			test->duration = (int64_t)(took->valuedouble * 1e6);
	}
}

static void read_log(struct runner_tests *tests, const char *folder)
{
	char *path = xasprintf("%s/meson-logs/testlog.json", folder);
	char *text = NULL, *line, *rest;
	struct stat st;
	size_t size;

	if (stat(path, &st) == 0 && st.st_mtime >= tests->listed)
		text = read_file(path, 0, &size);
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
		line = strtok_r(NULL, "\n", &rest)) {
		cJSON *told = cJSON_Parse(line);

		take_told(tests, told);
		cJSON_Delete(told);
	}
	free(text);
	free(path);
}

void meson_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	struct meson_command command;
	char *build = NULL;

	(void)folder;
	if (meson_command_read(&command, argv))
		build = realpath(command.directory, NULL);
	if (build) {
		/* Without a build no test ran: the log is an older one. */
		if (status != MESON_NOT_BUILT)
			read_log(tests, build);
		meson_built(tests, build, command.builds);
	}
	free(build);
	meson_command_release(&command);
}
