/* SPDX-License-Identifier: MIT */
#include "cli/common.h"

#include <stdlib.h>

#include "cli/option.h"
#include "cli/output.h"
#include "map/project.h"
#include "map/query.h"
#include "tracer/session.h"

const char *common_root;
bool common_json;

char *open_project(void)
{
	struct err err;
	char *root = common_root ? project_absolute(common_root, &err)
				 : project_root(".", &err);
	unsigned left;

	if (!root) {
		note("%s", err.text);
		return NULL;
	}
	left = session_clean(root);
	if (left)
		note("removed the files that %s left behind; what was not "
		     "stored yet is lost",
			counted(left, "killed run", "killed runs"));
	return root;
}

int open_map(struct map *map)
{
	struct err err;
	char *root;
	int code;

	if (!colour_is_known())
		return EXIT_USAGE;
	root = open_project();
	if (!root)
		return EXIT_QUERY_FAILED;
	code = map_open(map, root, MAP_QUERY, &err);
	free(root);
	return code < 0 ? query_failed(&err) : 0;
}

int no_answer_without(const struct map *map, const char *what)
{
	note("the map in '%s' holds no %s; record one with 'ftrace run -- "
	     "COMMAND'",
		map->root, what);
	return EXIT_QUERY_FAILED;
}

int open_map_of_units(struct map *map, const char *runner)
{
	int code = open_map(map);
	struct err err;
	bool any;

	if (code)
		return code;
	if (query_any_unit(&any, map, runner, &err) < 0)
		code = query_failed(&err);
	else if (!any)
		code = no_answer_without(
			map, runner ? "test of that runner" : "test");
	if (code)
		map_close(map);
	return code;
}
