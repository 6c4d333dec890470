/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "cli/common.h"
#include "cli/escaping.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "config/flaky_file.h"

static const struct option_row options[] = {
	QUERY_OPTIONS,
	{0},
};

static void escapes_answer_json(const struct escapes *escapes)
{
	cJSON *json = json_new();

	json_add_escapes(json, escapes);
	json_print(json);
}

static void escapes_answer_text(const struct escapes *escapes)
{
	for (size_t i = 0; i < escapes->count; i++)
		printf("%s  %s  %s\n", flaky_day(escapes->list[i].found),
			escapes->list[i].unit, escapes->list[i].why);
}

static int escapes_run(int argc, char **argv)
{
	int first = options_parse(&verb_escapes, argc, argv), code;
	struct escapes escapes;
	struct map map;
	struct err err;

	if (first < argc)
		help_unexpected(&verb_escapes, argv + first);
	code = open_map(&map);
	if (code)
		return code;
	if (escapes_load(&escapes, &map, &err) < 0) {
		code = query_failed(&err);
	} else {
		if (common_json)
			escapes_answer_json(&escapes);
		else
			escapes_answer_text(&escapes);
		code = finish_output();
	}
	escapes_release(&escapes);
	map_close(&map);
	return code;
}

const struct verb verb_escapes = {
	.name = "escapes",
	.summary = "list the tests that an edit broke and that were not "
		   "selected",
	.usage = "",
	.text = "Prints a line for each escape that `ftrace test --full` or "
		"`ftrace compare`\nfound, the oldest first: the day, the test, "
		"and what is known of the cause. What\nhad changed then is a "
		"dependency of the test from then on.",
	.options = options,
	.run = escapes_run,
};
