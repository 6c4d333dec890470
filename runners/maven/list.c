/* SPDX-License-Identifier: MIT */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/path.h"
#include "map/project.h"
#include "runners/file_tests.h"
#include "runners/maven/command.h"
#include "runners/maven/modules.h"
#include "runners/maven/run.h"

/* Longer lists are no word of a command line: all tests run. */
#define CHOICE_MAX (100u << 10)

/* What surefire calls tests; and what its sibling takes, for tests that need
 * more than what is compiled. */
static const char *const usual[] = {
	"Test*.*", "*Test.*", "*Tests.*", "*TestCase.*", NULL};
static const char *const integration[] = {"IT*.*", "*IT.*", "*ITCase.*", NULL};

static bool maven_is_among(const char *const *globs, const char *name)
{
	for (size_t i = 0; globs[i]; i++)
		if (fnmatch(globs[i], name, 0) == 0)
			return java_sources_is_one(name);
	return false;
}

bool maven_is_usual(const char *name)
{
	return maven_is_among(usual, name);
}

/* The star is for projects that call tests otherwise. */
bool maven_matches(const char *pattern, const char *path)
{
	const char *name = path_last(path);

	if (!strcmp(pattern, "*"))
		return java_sources_is_one(name) &&
		       !maven_is_among(integration, name);
	return java_sources_is_one(name) && fnmatch(pattern, name, 0) == 0;
}

static void maven_list_source(struct runner_tests *tests,
	const struct java_source *source, const struct java_module *module,
	const char *root)
{
	struct runner_test *test = runner_tests_add(tests);

	test->id = project_path(root, source->path);
	test->argument = xstrdup(source->path);
	test->folder = xstrdup(module->folder);
	test->asked = true;
}

/* What it rewrites each time it runs; and where all else is built. */
static void maven_list_own(
	struct runner_tests *tests, const struct java_module *module)
{
	static const char *const own[] = {
		"surefire", "surefire-reports", "maven-status", NULL};

	for (size_t i = 0; own[i]; i++)
		words_add(&tests->own,
			xasprintf("%s/%s", module->target, own[i]));
	words_add_copy(&tests->built, module->target);
}

int maven_list(struct runner_tests *tests, char *const argv[], const char *root,
	struct err *err)
{
	struct maven_command command;
	struct maven_modules modules = {0};
	struct java_sources sources = {0};

	memset(tests, 0, sizeof(*tests));
	tests->root = root;
	tests->listed = time(NULL);
	tests->shared = "*java";
	tests->unshared = "org.codehaus.plexus.classworlds.launcher.Launcher";
	if (maven_command_read(&command, argv) &&
		maven_modules_find(&modules, command.file)) {
		tests->chosen = command.chosen;
		java_sources_find(&sources, modules.list, modules.count);
	}
	for (size_t i = 0; i < modules.count; i++)
		maven_list_own(tests, &modules.list[i]);
	for (size_t i = 0; i < sources.count; i++)
		if (sources.list[i].test && !sources.list[i].generated)
			maven_list_source(tests, &sources.list[i],
				&modules.list[sources.list[i].module], root);
	for (size_t i = 0; i < sources.folders.count; i++)
		if (strstr(sources.folders.list[i], "/test"))
			file_tests_search(
				tests, root, sources.folders.list[i], false);
	for (size_t i = 0; usual[i]; i++)
		words_add_copy(&tests->patterns, usual[i]);
	java_sources_release(&sources);
	maven_modules_release(&modules);
	maven_command_release(&command);
	return tests->count ? 0
			    : err_set(err, -1,
				      "there are no sources of tests below "
				      "this pom.xml");
}

/* One that has no source here is known by its class alone. */
static void maven_ask_others(
	struct runner_tests *tests, char *const *selection, size_t count)
{
	size_t listed = tests->count;

	for (size_t i = 0; i < count; i++) {
		struct runner_test *test;
		bool found = false;

		for (size_t k = 0; k < listed && !found; k++)
			found = !strcmp(tests->list[k].id, selection[i]);
		if (found || strchr(selection[i], '/'))
			continue;
		test = runner_tests_add(tests);
		test->id = xstrdup(selection[i]);
		test->asked = true;
	}
}

/* "-Dtest=a.OneTest,b.TwoTest"; or NULL: it would be too long. */
static char *maven_choice(const struct runner_tests *tests)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *comma = "";

	if (!out)
		return NULL;
	fputs("-Dtest=", out);
	for (size_t i = 0; i < tests->count; i++) {
		const struct runner_test *test = &tests->list[i];
		struct words classes = {0};

		if (!test->asked)
			continue;
		if (test->argument)
			java_sources_classes(&classes, test->argument);
		else
			words_add_copy(&classes, test->id);
		for (size_t k = 0; k < classes.count; k++) {
			fprintf(out, "%s%s", comma, classes.list[k]);
			comma = ",";
		}
		words_free(classes.list);
	}
	if (fclose(out) == 0 && size < CHOICE_MAX)
		return text;
	free(text);
	return NULL;
}

/* The time of this file is that when the run began, as the kernel has it. */
static void maven_put_beginning(const char *folder)
{
	char *path = xasprintf("%s/began", folder);
	FILE *file = fopen(path, "we");

	if (file)
		fclose(file);
	free(path);
}

char **maven_start(struct runner_tests *tests, char *const argv[],
	char *const *selection, size_t count, const struct interner *known,
	const char *folder)
{
	/* By either name, after its version: a module may have none of them. */
	static const char *const may_lack[] = {"-DfailIfNoTests=false",
		"-DfailIfNoSpecifiedTests=false",
		"-Dsurefire.failIfNoSpecifiedTests=false", NULL};
	struct maven_command command;
	struct words words = {0};
	char *choice;

	(void)known; /* what is new is in the selection */
	maven_put_beginning(folder);
	if (!selection)
		return NULL;
	if (runner_tests_ask(tests, selection, count, NULL) == 0 && !count) {
		words_add_copy(&words, "true");
		return words.list;
	}
	maven_ask_others(tests, selection, count);
	choice = maven_choice(tests);
	if (!choice) {
		runner_tests_ask(tests, NULL, 0, NULL);
		return NULL;
	}
	tests->chosen = true;
	if (maven_command_read(&command, argv)) {
		words_add_list(&words, (const char *const *)command.words.list);
		words_add(&words, choice);
		words_add_list(&words, may_lack);
	}
	maven_command_release(&command);
	return words.list;
}
