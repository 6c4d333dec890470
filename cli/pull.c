/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/store.h"
#include "cli/verbs.h"
#include "store/obtain.h"

static const char *pull_url;

static const struct option_row options[] = {
	{0, "json", OPTION_FLAG, &common_json, 0,
		"answer in JSON (see docs/reference/json.md)"},
	{0, "store", OPTION_TEXT, &pull_url, "URL",
		"where from (default: FTRACE_STORE, or \"store\" of "
		"ftrace.json)"},
	COMMON_OPTIONS,
	{0},
};

/* "main's map of 3 commits ago", to be freed. */
static char *pull_of(const struct obtained *obtained)
{
	char *whose = *obtained->branch
			      ? xasprintf("%s's map", obtained->branch)
			      : xstrdup("the map");
	char *text;

	if (!obtained->ancestor)
		text = xasprintf("%s of %.12s, which is no ancestor of what is "
				 "checked out",
			whose, obtained->commit);
	else if (!obtained->distance)
		text = xasprintf("%s of this commit", whose);
	else if (obtained->distance > 0)
		text = xasprintf("%s of %s ago", whose,
			counted((size_t)obtained->distance, "commit",
				"commits"));
	else
		text = xasprintf("%s of %.12s", whose, obtained->commit);
	free(whose);
	return text;
}

static void pull_tell_taken(const struct obtained *obtained)
{
	char *of = pull_of(obtained);

	note("pulled %s: %s in %s", of,
		counted(obtained->units, "unit", "units"),
		store_size_text(obtained->bytes));
	if (obtained->merged)
		note("the map here has %s and %s more of others",
			counted(obtained->more.units, "new unit", "new units"),
			counted(obtained->more.results, "result", "results"));
	if (obtained->difference)
		note("it was recorded in another environment, so more may be "
		     "affected: %s",
			obtained->difference);
	free(of);
}

static void pull_tell(const struct obtained *obtained)
{
	for (size_t i = 0; i < obtained->notes.count; i++)
		note("%s", obtained->notes.list[i]);
	if (obtained->taken)
		pull_tell_taken(obtained);
	else if (obtained->kept)
		note("the nearest map of the store is here already");
	else
		note("%s has no package for this project%s", obtained->store,
			obtained->shallow
				? "; few ancestors are known in this shallow "
				  "clone: fetch more of them "
				  "('git fetch --deepen=200')"
				: "; 'ftrace push' puts one there");
}

static void pull_answer_json(const struct obtained *obtained)
{
	cJSON *json = json_new(), *notes;

	cJSON_AddBoolToObject(json, "taken", obtained->taken);
	cJSON_AddBoolToObject(json, "kept", obtained->kept);
	cJSON_AddBoolToObject(json, "merged", obtained->merged);
	cJSON_AddItemToObject(json, "store", json_bytes(obtained->store));
	if (obtained->taken) {
		cJSON_AddStringToObject(json, "commit", obtained->commit);
		cJSON_AddItemToObject(
			json, "branch", json_bytes(obtained->branch));
		cJSON_AddBoolToObject(json, "ancestor", obtained->ancestor);
		cJSON_AddNumberToObject(
			json, "distance", (double)obtained->distance);
		cJSON_AddItemToObject(json, "difference",
			obtained->difference ? json_bytes(obtained->difference)
					     : cJSON_CreateNull());
		cJSON_AddNumberToObject(json, "bytes", (double)obtained->bytes);
		cJSON_AddNumberToObject(json, "units", (double)obtained->units);
		cJSON_AddNumberToObject(json, "made", (double)obtained->made);
	}
	notes = cJSON_AddArrayToObject(json, "notes");
	for (size_t i = 0; i < obtained->notes.count; i++)
		cJSON_AddItemToArray(
			notes, json_bytes(obtained->notes.list[i]));
	json_print(json);
}

static int pull_answer(const struct obtained *obtained)
{
	int code = 0;

	if (common_json) {
		pull_answer_json(obtained);
		code = finish_output();
	} else {
		pull_tell(obtained);
	}
	if (code)
		return code;
	return obtained->taken || obtained->kept ? 0 : EXIT_NOT_THERE;
}

static int pull_run(int argc, char **argv)
{
	int first = options_parse(&verb_pull, argc, argv), code;
	struct store_asking asking;
	struct obtained obtained = {.kept = false};
	struct err err;

	if (first < argc)
		help_unexpected(&verb_pull, argv + first);
	code = store_asking_init(&asking, pull_url);
	if (code == 0) {
		struct obtain obtain = {.root = asking.root,
			.url = asking.url,
			.shared = asking.config.share.items,
			.shared_count = asking.config.share.count,
			.keep = asking.config.keep};

		if (obtain_map(&obtained, &obtain, &err) < 0) {
			for (size_t i = 0; i < obtained.notes.count; i++)
				note("%s", obtained.notes.list[i]);
			code = query_failed(&err);
		} else {
			code = pull_answer(&obtained);
		}
	}
	obtained_release(&obtained);
	store_asking_release(&asking);
	return code;
}

const struct verb verb_pull = {
	.name = "pull",
	.summary = "begin with a map that somebody has published",
	.usage = "",
	.text = "Takes from the store the map of the nearest ancestor of what "
		"is checked out that\nwas recorded in the same environment, "
		"else the nearest other, and adds\nit to the project's map, of "
		"which nothing is lost. A map that does not fit can\nonly "
		"have too many tests run.",
	.options = options,
	.run = pull_run,
};
