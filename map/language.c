/* SPDX-License-Identifier: MIT */
#include "map/language.h"

#include <stdlib.h>

static const struct map_language *const *known;

void map_languages_set(const struct map_language *const *languages)
{
	known = languages;
}

const struct map_language *const *map_languages(void)
{
	if (!known)
		abort();
	return known;
}
