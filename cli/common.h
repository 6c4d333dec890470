/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_CLI_COMMON_H
#define FTRACE_CLI_COMMON_H

#include "map/map.h"

/* The options every verb has. */
#define COMMON_OPTIONS \
	{ \
		0, "root", OPTION_TEXT, &common_root, "DIR", \
			"the project's root (default: found upwards)" \
	}

#define QUERY_OPTIONS \
	{0, "json", OPTION_FLAG, &common_json, 0, \
		"answer in JSON (see docs/reference/json.md)"}, \
		{0, "color", OPTION_TEXT, &colour_option, "WHEN", \
			"whether to colour: auto, always or never"}, \
		COMMON_OPTIONS

extern const char *common_root;
extern bool common_json;

/*
 * The project's root, to be freed; NULL after a message. Also says and cleans
 * up what killed sessions left.
 */
char *open_project(void);

/* Opens the map for a query; 0, or the exit code after a message. */
int open_map(struct map *map);

/*
 * The same for a question about units: where the map has none, of that runner
 * unless it is NULL, there is no answer. An empty one would be taken for
 * "nothing is affected".
 */
int open_map_of_units(struct map *map, const char *runner);

/* Says that the map holds no such thing; the exit code. */
int no_answer_without(const struct map *map, const char *what);

#endif
