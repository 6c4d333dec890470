/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/common.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/store.h"
#include "cli/verbs.h"
#include "map/pack.h"
#include "store/begun.h"
#include "store/publish.h"

static bool clear_store;

static const struct option_row options[] = {
	{0, "store", OPTION_FLAG, &clear_store, 0,
		"not the map here, but the packages of this commit and its "
		"ancestors in the store"},
	COMMON_OPTIONS,
	{0},
};

static int clear_map(void)
{
	char *root = open_project();
	struct err err;
	int code;

	if (!root)
		return EXIT_QUERY_FAILED;
	code = map_clear(root, &err);
	if (code == 0)
		begun_forget(root);
	free(root);
	if (code == MAP_MISSING) {
		note("there is no map, and nothing to clear");
		return 0;
	}
	if (code < 0)
		return query_failed(&err);
	note("the map is empty; 'ftrace pull' takes one from the store, and "
	     "'ftrace test' runs all tests");
	return 0;
}

static int clear_packages(void)
{
	struct store_asking asking;
	size_t removed;
	struct err err;
	int code = store_asking_init(&asking, NULL);

	if (code == 0) {
		struct publish publish = {
			.root = asking.root, .url = asking.url};

		code = publish_clear(&removed, &publish, &err);
		if (code < 0)
			code = query_failed(&err);
		else
			note("removed %s from the store",
				counted(removed, "package", "packages"));
	}
	store_asking_release(&asking);
	return code;
}

static int clear_run(int argc, char **argv)
{
	int first = options_parse(&verb_clear, argc, argv);

	if (first < argc)
		help_unexpected(&verb_clear, argv + first);
	return clear_store ? clear_packages() : clear_map();
}

const struct verb verb_clear = {
	.name = "clear",
	.summary = "empty the map, or the store",
	.usage = "",
	.text = "Empties the project's map, so that all tests run next time. "
		"With --store it\nremoves from the store what was published of "
		"this commit and its last 200\nancestors, and leaves the map.",
	.options = options,
	.run = clear_run,
};
