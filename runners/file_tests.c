/* SPDX-License-Identifier: MIT */
#include "runners/file_tests.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/project.h"

/* Links in it are a matter of who looks. */
static char *file_tests_absolute(const char *name)
{
	char *here = *name == '/' ? NULL : realpath(".", NULL), *path;

	path = here ? xasprintf("%s/%s", here, name) : xstrdup(name);
	free(here);
	return path;
}

struct runner_test *file_tests_add(struct runner_tests *tests, const char *root,
	const char *name, const char *variant)
{
	struct runner_part *part = runner_parts_add(
		&tests->parts, &tests->part_count, &tests->part_room);
	struct runner_test *test = runner_tests_add(tests);

	part->name = project_path(root, name);
	words_add(&part->files, file_tests_absolute(name));
	test->id = *variant ? xasprintf("%s::%s", part->name, variant)
			    : xstrdup(part->name);
	test->argument = xstrdup(name);
	test->part = tests->part_count;
	return test;
}

void file_tests_search(struct runner_tests *tests, const char *root,
	const char *name, bool recurses)
{
	struct runner_part *searched = runner_parts_add(&tests->searched,
		&tests->searched_count, &tests->searched_room);

	searched->name = project_path(root, name);
	searched->shallow = !recurses;
	runner_part_look(searched, file_tests_absolute(name), "");
}

/* Some go through hidden folders, too, and nobody has tests in them. */
bool file_tests_skips(const char *directory)
{
	return *directory == '.';
}

bool file_tests_matches(const char *pattern, const char *path)
{
	const char *slash = strrchr(path, '/');

	return fnmatch(pattern, slash ? slash + 1 : path, 0) == 0;
}
