/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/common.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "map/project.h"
#include "selector/changes.h"
#include "selector/new_files.h"

static bool zero, quiet;

static const struct option_row options[] = {
	{'0', "null", OPTION_FLAG, &zero, 0,
		"end each item with a NUL, for xargs -0"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary on stderr"},
	QUERY_OPTIONS,
	{0},
};

struct answer {
	struct changes changes;
	char **fresh;
	size_t fresh_count;
};

static void add_file(
	cJSON *files, const char *path, const char *state, const char *what)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddItemToObject(item, "path", json_bytes(path));
	cJSON_AddStringToObject(item, "state", state);
	cJSON_AddStringToObject(item, "what", what);
	cJSON_AddItemToArray(files, item);
}

static void answer_json(const struct answer *answer)
{
	const struct changes *changes = &answer->changes;
	cJSON *json = json_new();
	cJSON *files = cJSON_AddArrayToObject(json, "files");

	for (size_t i = 0; i < changes->count; i++)
		add_file(files, changes->list[i].path, "stale",
			changes->list[i].what);
	for (size_t i = 0; i < answer->fresh_count; i++)
		add_file(files, answer->fresh[i], "miss", "new");
	cJSON_AddNumberToObject(
		json, "hit", (double)(changes->recorded - changes->count));
	cJSON_AddNumberToObject(json, "stale", (double)changes->count);
	cJSON_AddNumberToObject(json, "miss", (double)answer->fresh_count);
	cJSON_AddNumberToObject(json, "hashed", changes->files.hashed);
	json_print(json);
}

static void show(const struct project_here *here, const char *path)
{
	char *shown = project_show(here, path);

	print_item(shown, zero);
	free(shown);
}

static void answer_text(const struct answer *answer, const char *root)
{
	const struct changes *changes = &answer->changes;
	struct project_here here;

	project_here(&here, root);
	for (size_t i = 0; i < changes->count; i++)
		show(&here, changes->list[i].path);
	for (size_t i = 0; i < answer->fresh_count; i++)
		show(&here, answer->fresh[i]);
	if (!quiet)
		note("%zu hit, %zu stale, %zu miss; %s read",
			changes->recorded - changes->count, changes->count,
			answer->fresh_count,
			counted(changes->files.hashed, "file", "files"));
}

static int run(int argc, char **argv)
{
	int first = options_parse(&verb_changed, argc, argv);
	struct answer answer = {0};
	struct map map;
	struct err err;
	int code;

	if (first < argc)
		usage_error(
			&verb_changed, "unexpected argument '%s'", argv[first]);
	code = open_map(&map);
	if (code)
		return code;
	code = changes_find(&answer.changes, &map, &err);
	if (code == 0)
		code = new_files_find(&answer.fresh, &answer.fresh_count, &map,
			&answer.changes, &err);
	if (code < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			answer_json(&answer);
		else
			answer_text(&answer, map.root);
		code = finish_output();
	}
	for (size_t i = 0; i < answer.fresh_count; i++)
		free(answer.fresh[i]);
	free(answer.fresh);
	changes_release(&answer.changes);
	map_close(&map);
	return code;
}

const struct verb verb_changed = {
	.name = "changed",
	.summary = "print the files that differ from what was recorded",
	.usage = "",
	.text = "Prints the recorded files whose content, absence or entries "
		"are no longer what\na test saw, and new test files. A file "
		"that was only touched is read once and\nis not printed.",
	.options = options,
	.run = run,
};
