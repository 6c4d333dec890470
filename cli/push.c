/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/common.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/store.h"
#include "cli/verbs.h"
#include "store/publish.h"

static const char *push_url, *push_keep;

static const struct option_row options[] = {
	{0, "store", OPTION_TEXT, &push_url, "URL",
		"where to (default: FTRACE_STORE, or \"store\" of "
		"ftrace.json)"},
	{0, "keep", OPTION_TEXT, &push_keep, "N",
		"leave the N newest packages there (default: all; of a git "
		"repository 50)"},
	COMMON_OPTIONS,
	{0},
};

static size_t push_kept(void)
{
	char *end;
	unsigned long keep;

	if (!push_keep)
		return 0;
	keep = strtoul(push_keep, &end, 10);
	if (*end || !keep || *push_keep < '0' || *push_keep > '9')
		usage_error(&verb_push,
			"'--keep' wants a number of packages, 1 or more, not "
			"'%s'",
			push_keep);
	return keep;
}

static void push_tell(const struct published *published)
{
	note("pushed the map of %.12s to %s: %s in %s", published->name,
		published->store, counted(published->units, "unit", "units"),
		store_size_text(published->bytes));
	if (published->left)
		note("%s below what \"share\" names left out: links, or no "
		     "plain files, or not to be read",
			counted(published->left, "entry is", "entries are"));
	if (published->dropped)
		note("removed %s from the store",
			counted(published->dropped, "older package",
				"older packages"));
}

static int push_run(int argc, char **argv)
{
	int first = options_parse(&verb_push, argc, argv), code;
	struct store_asking asking;
	struct published published = {.name = ""};
	size_t keep = push_kept();
	struct err err;

	if (first < argc)
		help_unexpected(&verb_push, argv + first);
	code = store_asking_init(&asking, push_url);
	if (code == 0) {
		struct publish publish = {.root = asking.root,
			.url = asking.url,
			.shared = asking.config.share.items,
			.shared_count = asking.config.share.count,
			.keep = keep};

		code = publish_map(&published, &publish, &err);
		if (code < 0)
			code = query_failed(&err);
		else
			push_tell(&published);
	}
	published_release(&published);
	store_asking_release(&asking);
	return code;
}

const struct verb verb_push = {
	.name = "push",
	.summary = "publish the map, for others to begin with",
	.usage = "",
	.text = "Puts a package with the project's map into the store, by the "
		"commit that is\nchecked out and the environment's "
		"fingerprint. "
		"A store is a folder, git:REMOTE,\nhttp(s)://SERVER/FOLDER or "
		"s3://BUCKET/PREFIX.",
	.options = options,
	.run = push_run,
};
