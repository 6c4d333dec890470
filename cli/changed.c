/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/common.h"
#include "cli/functions.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/places.h"
#include "cli/verbs.h"
#include "map/project.h"
#include "selector/changes.h"
#include "selector/new_files.h"

/* More than these are for `ftrace affected --untested`. */
#define UNTESTED_MAX 20

static bool zero, quiet, functions;
static const char *since;

static const struct option_row options[] = {
	{'0', "null", OPTION_FLAG, &zero, 0,
		"end each item with a NUL, for xargs -0"},
	{0, "functions", OPTION_FLAG, &functions, 0,
		"the changed functions instead of the files"},
	{0, "since", OPTION_TEXT, &since, "REV",
		"with --functions: changed since git's revision"},
	{'q', "quiet", OPTION_FLAG, &quiet, 0, "no summary on stderr"},
	QUERY_OPTIONS,
	{0},
};

struct answer {
	struct changes changes;
	struct new_file *fresh;
	size_t fresh_count;
	struct functions functions;
};

static void changed_add_file(
	cJSON *files, const char *path, const char *state, const char *what)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddItemToObject(item, "path", json_path(path));
	cJSON_AddStringToObject(item, "state", state);
	cJSON_AddStringToObject(item, "what", what);
	cJSON_AddItemToArray(files, item);
}

/* A file is new once, whoever takes it for one of tests. */
static void changed_merge_fresh(struct answer *answer)
{
	struct new_file *fresh = answer->fresh;
	size_t kept = 0;

	for (size_t i = 0; i < answer->fresh_count; i++) {
		if (kept && !strcmp(fresh[kept - 1].path, fresh[i].path))
			free(fresh[i].path);
		else
			fresh[kept++] = fresh[i];
	}
	answer->fresh_count = kept;
}

static void changed_answer_json(const struct answer *answer)
{
	const struct changes *changes = &answer->changes;
	cJSON *json = json_new();
	cJSON *files = cJSON_AddArrayToObject(json, "files");

	for (size_t i = 0; i < changes->count; i++)
		changed_add_file(files, changes->list[i].path, "stale",
			changes->list[i].what);
	for (size_t i = 0; i < answer->fresh_count; i++)
		changed_add_file(files, answer->fresh[i].path, "miss", "new");
	cJSON_AddNumberToObject(
		json, "hit", (double)(changes->recorded - changes->count));
	cJSON_AddNumberToObject(json, "stale", (double)changes->count);
	cJSON_AddNumberToObject(json, "miss", (double)answer->fresh_count);
	cJSON_AddNumberToObject(json, "hashed", changes->files.hashed);
	json_add_functions(json, &answer->functions, true);
	json_print(json);
}

static void changed_show(const struct project_here *here, const char *path)
{
	char *shown = project_show(here, path);

	print_item(shown, zero);
	free(shown);
}

static void show_functions(
	const struct project_here *here, const struct functions *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct changed_function *function = &list->list[i];
		char *place = function_text(here, function);
		char *line = xasprintf("%s: %s", place,
			function->reached ? "reached" : "not reached");

		print_item(line, zero);
		free(line);
		free(place);
	}
}

/* On stderr: standard output is paths, which others are fed with. */
static void note_untested(
	const struct project_here *here, const struct functions *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		char *place;

		if (list->list[i].reached || ++count > UNTESTED_MAX)
			continue;
		place = function_text(here, &list->list[i]);
		note("%s: no recorded test enters it", place);
		free(place);
	}
	if (count > UNTESTED_MAX)
		note("and %s more; 'ftrace affected --untested' has them all",
			counted(count - UNTESTED_MAX, "function", "functions"));
}

static void changed_answer_text(
	const struct answer *answer, const struct map *map)
{
	const struct changes *changes = &answer->changes;
	struct project_here here;

	project_here(&here, map->root);
	note_unknown(&here, &answer->functions);
	if (functions) {
		show_functions(&here, &answer->functions);
		return;
	}
	if (!quiet)
		note_untested(&here, &answer->functions);
	for (size_t i = 0; i < changes->count; i++)
		changed_show(&here, changes->list[i].path);
	for (size_t i = 0; i < answer->fresh_count; i++)
		changed_show(&here, answer->fresh[i].path);
	if (!quiet && changes->count)
		places_tell(&map->places);
	if (!quiet)
		note("%zu unchanged (hit), %zu changed (stale), %zu new "
		     "(miss); %s read",
			changes->recorded - changes->count, changes->count,
			answer->fresh_count,
			counted(changes->files.hashed, "file", "files"));
}

/* Nobody has to have recorded functions to ask which files changed. */
static int find_functions(
	struct answer *answer, struct map *map, struct err *err)
{
	if (!functions && (!functions_recorded(&answer->changes) ||
				  (quiet && !common_json)))
		return 0;
	return functions_find(
		&answer->functions, &answer->changes, map, since, err);
}

static int changed_run(int argc, char **argv)
{
	int first = options_parse(&verb_changed, argc, argv);
	struct answer answer = {0};
	struct map map;
	struct err err;
	int code;

	if (first < argc)
		help_unexpected(&verb_changed, argv + first);
	if (since && !functions)
		usage_error(&verb_changed, "'--since' needs '--functions'");
	code = open_map_of_units(&map, NULL);
	if (code)
		return code;
	code = changes_find(&answer.changes, &map, &err);
	if (code == 0)
		code = new_files_find(&answer.fresh, &answer.fresh_count, &map,
			&answer.changes, &err);
	if (code == 0)
		changed_merge_fresh(&answer);
	if (code == 0)
		code = find_functions(&answer, &map, &err);
	if (code < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			changed_answer_json(&answer);
		else
			changed_answer_text(&answer, &map);
		code = finish_output();
	}
	for (size_t i = 0; i < answer.fresh_count; i++)
		free(answer.fresh[i].path);
	free(answer.fresh);
	functions_release(&answer.functions);
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
		"that was only touched is read once and\nis not printed. "
		"Changed Python functions that no recorded test enters\nare "
		"named on standard error.",
	.options = options,
	.run = changed_run,
};
