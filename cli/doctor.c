/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "cli/common.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "tracer/doctor.h"

static const struct option_row options[] = {
	QUERY_OPTIONS,
	{0},
};

static void cli_doctor_answer_json(const struct finding *findings)
{
	cJSON *json = json_new();
	cJSON *list = cJSON_AddArrayToObject(json, "findings");

	for (size_t i = 0; i < FINDINGS; i++) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(item, "name", findings[i].name);
		cJSON_AddBoolToObject(item, "ok", findings[i].ok);
		cJSON_AddItemToObject(
			item, "found", json_bytes(findings[i].found));
		cJSON_AddItemToObject(
			item, "advice", json_bytes(findings[i].advice));
		cJSON_AddItemToArray(list, item);
	}
	json_print(json);
}

static void cli_doctor_answer_text(const struct finding *findings)
{
	for (size_t i = 0; i < FINDINGS; i++) {
		printf("%s%-8s%s %-11s %s\n",
			findings[i].ok ? "" : colour(false, COLOUR_YELLOW),
			findings[i].ok ? "ok" : "problem",
			findings[i].ok ? "" : colour(false, COLOUR_NONE),
			findings[i].name, findings[i].found);
		if (*findings[i].advice)
			printf("%21s%s\n", "", findings[i].advice);
	}
}

static int cli_doctor_run(int argc, char **argv)
{
	int first = options_parse(&verb_doctor, argc, argv), code;
	struct finding findings[FINDINGS];
	char *root;

	if (first < argc)
		help_unexpected(&verb_doctor, argv + first);
	root = open_project();
	if (!root)
		return EXIT_QUERY_FAILED;
	doctor_examine(findings, root);
	free(root);
	if (common_json)
		cli_doctor_answer_json(findings);
	else
		cli_doctor_answer_text(findings);
	code = finish_output();
	for (size_t i = 0; code == 0 && i < FINDINGS; i++)
		if (!findings[i].ok)
			code = 1;
	return code;
}

const struct verb verb_doctor = {
	.name = "doctor",
	.summary = "try whether this machine lets ftrace see everything",
	.usage = "",
	.text = "Tries, in a temporary directory, what recording needs: room, "
		"the library that is\nloaded into programs, and ptrace for "
		"those that it cannot be loaded into. Says\nwhat to change "
		"where something is not so. Ends with 1 when there is a "
		"problem.",
	.options = options,
	.run = cli_doctor_run,
};
