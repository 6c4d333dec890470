/* SPDX-License-Identifier: MIT */
/*
 * What is another here than where a map was recorded: an interpreter, the C
 * library. It is said once, instead of with each of its files.
 */
#ifndef FTRACE_CLI_PLACES_H
#define FTRACE_CLI_PLACES_H

#include "cli/output.h"
#include "map/place.h"

/* One note for each that is another. */
void places_tell(const struct map_places *places);

/* The same as a member "elsewhere", where there is any. */
void places_tell_json(const struct map_places *places, cJSON *json);

/* On stdout, as reasons are. */
void places_print(const struct map_places *places);

/* Whether a file belongs to one of them, by its path in the map. */
bool places_explain(const struct map_places *places, const char *stored);

#endif
