/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "config/config.h"
#include "map/merge.h"
#include "tracer/session.h"

static const struct option_row options[] = {
	COMMON_OPTIONS,
	{0},
};

/* The map that is meant by a project, by its .ftrace or by a file; to be freed.
 */
static char *merge_path(const char *named)
{
	static const char *const below[] = {"/" MAP_PATH, "/map.db"};
	struct stat st;

	for (size_t i = 0; i < 2; i++) {
		char *path = xasprintf("%s%s", named, below[i]);

		if (stat(path, &st) == 0)
			return path;
		free(path);
	}
	return xstrdup(named);
}

static int merge_one(struct map *into, const char *named)
{
	struct map_merged merged;
	char *path = merge_path(named);
	struct map from;
	struct err err;
	int code = map_open_foreign(&from, path, &err);

	if (code == 0) {
		code = map_merge(into, &from, &merged, &err);
		map_close(&from);
	}
	free(path);
	if (code < 0)
		return query_failed(&err);
	note("%s: %s, %s more of others", named,
		counted(merged.units, "new unit", "new units"),
		counted(merged.results, "result", "results"));
	return 0;
}

static int cli_merge_run(int argc, char **argv)
{
	int first = options_parse(&verb_merge, argc, argv), code = 0;
	struct map map;
	struct err err;
	char *root;

	if (first == argc)
		usage_error(&verb_merge, "name the maps to merge");
	root = open_project();
	if (!root)
		return EXIT_QUERY_FAILED;
	if (session_make_home(root, &err) < 0 ||
		map_open(&map, root, MAP_RECORD, &err) < 0) {
		free(root);
		return query_failed(&err);
	}
	map.keep = config_keep(root);
	for (; code == 0 && first < argc; first++)
		code = merge_one(&map, argv[first]);
	map_close(&map);
	free(root);
	return code;
}

const struct verb verb_merge = {
	.name = "merge",
	.summary = "add what other maps know to the project's",
	.usage = "MAP ...",
	.text = "Adds the results of other maps of the project to its own: of "
		"the shards of a run,\nof another machine, of another commit. "
		"A MAP is a file, or a project that has one.\nWhere a result "
		"fits what is there it counts, whichever map it comes from. "
		"Nothing\nof the project's own map is lost, and a map that is "
		"damaged, of another version or\nnone is refused as a whole.",
	.options = options,
	.run = cli_merge_run,
};
