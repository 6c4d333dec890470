/* SPDX-License-Identifier: MIT */
#include "preload/search.h"

#include <elf.h>
#include <string.h>

#include "wire/record.h"

bool search_happened(const struct link_map *first, const char *path)
{
	if (path && *path)
		return true;
	for (const struct link_map *map = first; map; map = map->l_next)
		for (const ElfW(Dyn) *entry = map->l_ld;
			entry && entry->d_tag != DT_NULL; entry++)
			if (entry->d_tag == DT_RPATH ||
				entry->d_tag == DT_RUNPATH)
				return true;
	return false;
}

/* A loader may leave the address as it is in the file. */
static const char *strings_of(const struct link_map *map)
{
	for (const ElfW(Dyn) *entry = map->l_ld;
		entry && entry->d_tag != DT_NULL; entry++) {
		uintptr_t at = entry->d_un.d_ptr;

		if (entry->d_tag == DT_STRTAB)
			return (const char *)(at < map->l_addr
						      ? at + map->l_addr
						      : at);
	}
	return NULL;
}

static char word_of(const ElfW(Dyn) * entry)
{
	switch (entry->d_tag) {
	case DT_NEEDED:
	case DT_AUXILIARY:
	case DT_FILTER:
		return WORD_NEEDED;
	case DT_RPATH:
		return WORD_RPATH;
	case DT_RUNPATH:
		return WORD_RUNPATH;
	case DT_SONAME:
		return WORD_SONAME;
	default:
		return '\0';
	}
}

/* Where the next word goes; beyond size this one was not written. */
static size_t search_put(
	char *buffer, size_t size, size_t at, char word, const char *string)
{
	size_t n = strlen(string) + 1;

	if (at + 1 + n <= size) {
		buffer[at] = word;
		memcpy(buffer + at + 1, string, n);
	}
	return at + 1 + n;
}

size_t search_words(const struct link_map *map, const char *preload,
	char *buffer, size_t size)
{
	const char *strings = strings_of(map);
	size_t at = 0;

	if (preload)
		at = search_put(buffer, size, at, WORD_PRELOAD, preload);
	if (!strings)
		return at;
	for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL;
		entry++) {
		char word = word_of(entry);

		if (word)
			at = search_put(buffer, size, at, word,
				strings + entry->d_un.d_val);
	}
	return at;
}
