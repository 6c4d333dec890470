/* SPDX-License-Identifier: MIT */
/* What became of the tests: TEST-*.xml, in which surefire tells of classes. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/read_file.h"
#include "map/project.h"
#include "runners/java/mentions.h"
#include "runners/java/parts.h"
#include "runners/maven/command.h"
#include "runners/maven/modules.h"
#include "runners/maven/run.h"
#include "runners/outcomes/told.h"

#define PREFIX "TEST-"

struct maven_reports {
	struct runner_tests *tests;
	struct maven_modules modules;
	struct java_parts parts;
	struct timespec began;
	bool failed; /* some test did */
	bool *told;  /* by module: something was reported */
};

static size_t maven_told_place(struct maven_reports *reports, const char *id)
{
	struct runner_tests *tests = reports->tests;

	for (size_t i = 0; i < tests->count; i++)
		if (!strcmp(tests->list[i].id, id))
			return i;
	runner_tests_add(tests)->id = xstrdup(id);
	tests->list[tests->count - 1].asked = true;
	return tests->count - 1;
}

/* One that was compiled elsewhere: nobody knows of what. */
static size_t maven_told_elsewhere(
	struct runner_tests *tests, const char *class)
{
	struct runner_part *part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);

	part->name = xstrdup(class);
	part->unknown = true;
	return tests->part_count - 1;
}

/* The outermost class that has a part: of nested ones that is their source's.
 */
static size_t maven_told_part(
	const struct maven_reports *reports, size_t module, char *class)
{
	size_t part = java_parts_of_class(&reports->parts, module, class);
	char *dollar = strchr(class, '$');

	if (part == JAVA_NO_PART && dollar) {
		*dollar = '\0';
		part = java_parts_of_class(&reports->parts, module, class);
	}
	return part;
}

static int maven_told_weight(const char *outcome)
{
	static const char *const words[] = {
		"skipped", "passed", "failed", "error"};

	for (int i = 0; i < 4; i++)
		if (outcome && !strcmp(words[i], outcome))
			return i + 1;
	return 0;
}

static void maven_told_end(struct maven_reports *reports, size_t module,
	size_t part, const char *class, const struct told_case *one)
{
	const char *path = part == JAVA_NO_PART
				   ? NULL
				   : java_parts_source(&reports->parts, part);
	char *id = path ? project_path(reports->tests->root, path)
			: xstrdup(class);
	size_t place = maven_told_place(reports, id);
	struct runner_test *test = &reports->tests->list[place];

	if (part == JAVA_NO_PART && !test->part)
		part = maven_told_elsewhere(reports->tests, class);
	if (part != JAVA_NO_PART)
		test->part = part + 1;
	if (!test->folder)
		test->folder = xstrdup(reports->modules.list[module].folder);
	if (maven_told_weight(one->outcome) > maven_told_weight(test->outcome))
		test->outcome = one->outcome;
	if (one->duration >= 0)
		test->duration = one->duration +
				 (test->duration > 0 ? test->duration : 0);
	reports->failed |= maven_told_weight(one->outcome) > 2;
	free(id);
}

/* A case says of which class it is; failing that, the report does. */
static void maven_told_case(struct maven_reports *reports, size_t module,
	const char *name, const char *report, const struct told_case *one)
{
	const char *end = strstr(name, "::");
	char *class = end ? xasprintf("%.*s", (int)(end - name), name)
			  : xstrdup(name);
	size_t part = maven_told_part(reports, module, class);

	if (part == JAVA_NO_PART) {
		free(class);
		class = xstrdup(report);
		part = maven_told_part(reports, module, class);
	}
	maven_told_end(reports, module, part, class, one);
	free(class);
}

static bool maven_told_is_new(
	const struct maven_reports *reports, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 &&
	       (st.st_mtim.tv_sec > reports->began.tv_sec ||
		       (st.st_mtim.tv_sec == reports->began.tv_sec &&
			       st.st_mtim.tv_nsec >= reports->began.tv_nsec));
}

static void maven_told_report(
	struct maven_reports *reports, size_t module, const char *path)
{
	struct told told = {0};
	struct err err;
	size_t size, n = strlen(path_last(path)) - strlen(PREFIX ".xml");
	char *text = maven_told_is_new(reports, path)
			     ? read_file(path, 0, &size)
			     : NULL;
	char *class =
		xasprintf("%.*s", (int)n, path_last(path) + strlen(PREFIX));

	if (text && junit_read(&told, path, text, size, &err) == 0) {
		reports->told[module] = true;
		for (size_t i = 0; i < told.count; i++)
			maven_told_case(reports, module,
				told.names.entries[i].bytes, class,
				&told.list[i]);
	}
	told_release(&told);
	free(class);
	free(text);
}

static void maven_told_module(struct maven_reports *reports, size_t module)
{
	char *folder = xasprintf(
		"%s/surefire-reports", reports->modules.list[module].target);
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *path;

		if (fnmatch(PREFIX "*.xml", entry->d_name, 0) != 0)
			continue;
		path = xasprintf("%s/%s", folder, entry->d_name);
		maven_told_report(reports, module, path);
		free(path);
	}
	if (dir)
		closedir(dir);
	free(folder);
}

/* Whether it may have ended before all tests had their turn. */
static bool maven_told_broken(const struct maven_reports *reports, int status)
{
	const struct runner_tests *tests = reports->tests;

	bool any = false;

	for (size_t i = 0; i < reports->modules.count; i++)
		any |= reports->told[i];
	if (status == 0)
		return !any;
	for (size_t i = 0; i < reports->modules.count; i++)
		for (size_t k = 0; !reports->told[i] && k < tests->count; k++)
			if (tests->list[k].folder && tests->list[k].asked &&
				maven_is_usual(path_last(tests->list[k].id)) &&
				!strcmp(tests->list[k].folder,
					reports->modules.list[i].folder))
				return true;
	return !reports->failed;
}

/*
 * Of a run of all tests: a source of which nothing was reported has no tests
 * that run. Otherwise it is known to be there, and may be one that has not.
 */
static void maven_told_drop(struct maven_reports *reports)
{
	struct runner_tests *tests = reports->tests;
	size_t kept = 0;

	for (size_t i = 0; i < tests->count; i++) {
		struct runner_test *test = &tests->list[i];

		if (test->outcome || tests->chosen || tests->broken) {
			test->asked =
				test->outcome ||
				(!tests->chosen &&
					maven_is_usual(path_last(test->id)));
			tests->list[kept++] = *test;
			continue;
		}
		free(test->id);
		free(test->argument);
		free(test->folder);
	}
	tests->count = kept;
}

static void maven_told_patterns(struct runner_tests *tests)
{
	bool usual = true;

	for (size_t i = 0; i < tests->count; i++)
		usual &= !tests->list[i].outcome ||
			 maven_is_usual(path_last(tests->list[i].id));
	if (!usual)
		words_add_copy(&tests->patterns, "*");
}

/* Who uses resources: any class may ask for one by its name. */
static void maven_told_link(struct maven_reports *reports)
{
	struct runner_tests *tests = reports->tests;

	for (size_t i = 0; i < tests->count; i++)
		if (tests->list[i].outcome && tests->list[i].part)
			runner_part_use(&tests->parts[tests->list[i].part - 1],
				reports->parts.resources);
}

void maven_told(struct runner_tests *tests, char *const argv[],
	const char *folder, int status)
{
	struct maven_reports reports = {.tests = tests};
	struct maven_command command;
	char *began = xasprintf("%s/began", folder);
	struct stat st;

	if (stat(began, &st) == 0)
		reports.began = st.st_mtim;
	if (maven_command_read(&command, argv) &&
		maven_modules_find(&reports.modules, command.file)) {
		reports.told =
			xcalloc(reports.modules.count, sizeof(*reports.told));
		java_parts_add(&reports.parts, tests, reports.modules.list,
			reports.modules.count, tests->root);
		java_mentions_link(&reports.parts);
		java_parts_close(&reports.parts);
		for (size_t i = 0; i < reports.modules.count; i++)
			maven_told_module(&reports, i);
		maven_told_link(&reports);
	}
	tests->broken = maven_told_broken(&reports, status);
	maven_told_drop(&reports);
	maven_told_patterns(tests);
	java_parts_release(&reports.parts);
	maven_modules_release(&reports.modules);
	maven_command_release(&command);
	free(reports.told);
	free(began);
}
