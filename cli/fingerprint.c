/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "cli/common.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "git/git_history.h"
#include "store/fingerprint.h"

static const struct option_row options[] = {
	{0, "json", OPTION_FLAG, &common_json, 0,
		"answer in JSON (see docs/reference/json.md)"},
	COMMON_OPTIONS,
	{0},
};

static void cli_fingerprint_answer_text(const struct fingerprint *fingerprint)
{
	printf("%s\n", fingerprint->print);
	for (size_t i = 0; i < fingerprint->count; i++)
		printf("%-12s %s\n", fingerprint->parts[i].name,
			fingerprint->parts[i].value);
}

static void cli_fingerprint_answer_json(const struct fingerprint *fingerprint)
{
	cJSON *json = json_new();
	cJSON *parts = cJSON_AddObjectToObject(json, "parts");

	cJSON_AddStringToObject(json, "print", fingerprint->print);
	for (size_t i = 0; i < fingerprint->count; i++)
		cJSON_AddItemToObject(parts, fingerprint->parts[i].name,
			json_bytes(fingerprint->parts[i].value));
	json_print(json);
}

static int cli_fingerprint_run(int argc, char **argv)
{
	int first = options_parse(&verb_fingerprint, argc, argv);
	struct fingerprint fingerprint;
	struct git_history history;
	struct err err;
	char *root;

	if (first < argc)
		help_unexpected(&verb_fingerprint, argv + first);
	root = open_project();
	if (!root)
		return EXIT_QUERY_FAILED;
	/* Without git the project is all that there is. */
	git_history_load(&history, root, 1, &err);
	fingerprint_take(
		&fingerprint, root, history.below ? history.below : "");
	if (common_json)
		cli_fingerprint_answer_json(&fingerprint);
	else
		cli_fingerprint_answer_text(&fingerprint);
	fingerprint_release(&fingerprint);
	git_history_release(&history);
	free(root);
	return finish_output();
}

const struct verb verb_fingerprint = {
	.name = "fingerprint",
	.summary = "print what the environment is told by",
	.usage = "",
	.text = "Prints the fingerprint by which `ftrace pull` prefers a map "
		"to another, and the\nparts that it is made of. It does for a "
		"key of CI's cache, too.",
	.options = options,
	.run = cli_fingerprint_run,
};
