/* SPDX-License-Identifier: MIT */
#include "cli/places.h"

#include <stdio.h>
#include <string.h>

#include "base/path.h"

static const char *places_what(const struct map_place *place)
{
	return strcmp(place->role, PLACE_LIBC) ? "interpreter" : "C library";
}

void places_tell(const struct map_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct map_place *place = &places->list[i];

		if (map_place_is_another(place))
			note("another %s: %s here, recorded with %s",
				places_what(place),
				place->now ? place->now : "none of the kind",
				place->version);
	}
}

void places_print(const struct map_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct map_place *place = &places->list[i];

		if (map_place_is_another(place))
			printf("another %s: %s here, recorded with %s\n",
				places_what(place),
				place->now ? place->now : "none of the kind",
				place->version);
	}
}

void places_tell_json(const struct map_places *places, cJSON *json)
{
	cJSON *list = NULL, *item;

	for (size_t i = 0; i < places->count; i++) {
		const struct map_place *place = &places->list[i];

		if (!map_place_is_another(place))
			continue;
		if (!list)
			list = cJSON_AddArrayToObject(json, "elsewhere");
		item = cJSON_CreateObject();
		cJSON_AddItemToArray(list, item);
		cJSON_AddItemToObject(item, "role", json_bytes(place->role));
		if (place->now)
			cJSON_AddItemToObject(
				item, "here", json_bytes(place->now));
		cJSON_AddItemToObject(
			item, "recorded", json_bytes(place->version));
	}
}

bool places_explain(const struct map_places *places, const char *stored)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct map_place *place = &places->list[i];

		if (map_place_is_another(place) && place->real &&
			path_below(stored, place->real))
			return true;
	}
	return false;
}
