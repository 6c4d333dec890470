/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "languages/language.h"
#include "languages/python/python.h"

static const struct language *const languages[] = {&language_python};

#define LANGUAGES (sizeof(languages) / sizeof(*languages))

void languages_begin(void)
{
	static const struct map_language *maps[LANGUAGES + 1];

	for (size_t i = 0; i < LANGUAGES; i++)
		maps[i] = languages[i]->map;
	map_languages_set(maps);
}

const struct language *language_of(const char *path, size_t size)
{
	for (size_t i = 0; i < LANGUAGES; i++) {
		const char *suffix = languages[i]->suffix;
		size_t n = strlen(suffix);

		if (size > n && !memcmp(path + size - n, suffix, n))
			return languages[i];
	}
	return NULL;
}

const struct language *language_of_tag(const char *tag)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		for (const char *const *at = languages[i]->tags; *at; at++)
			if (!strncmp(tag, *at, strlen(*at)))
				return languages[i];
	return languages[0];
}

bool language_is_loading(const char *name, size_t size)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		if (size == strlen(languages[i]->loading) &&
			!memcmp(languages[i]->loading, name, size))
			return true;
	return false;
}

const struct language *language_of_cache(const char *name, size_t size)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		if (languages[i]->is_cache(name, size))
			return languages[i];
	return NULL;
}

const struct language *language_at(size_t place)
{
	return place < LANGUAGES ? languages[place] : NULL;
}
