/* SPDX-License-Identifier: MIT */
/*
 * What the map has to know of a language: how its programs see directories and
 * the environment, and which files mark its projects. languages/ fills one in
 * for each, and hands them in when the program starts.
 */
#ifndef FTRACE_MAP_LANGUAGE_H
#define FTRACE_MAP_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

struct map_places;

struct map_language {
	/* Caches without a tag, which no listing names; NULL behind the last.
	 */
	const char *const *caches;

	/* Files that mark the root of a project; likewise. */
	const char *const *marks;

	/*
	 * Whether an entry may be the module of a name that it begins with, by
	 * what follows that: nothing, or from a dot on.
	 */
	bool (*is_module)(const char *rest);

	/*
	 * Groups (map/groups.h): whether an entry of a directory may tell of
	 * some, and the file in it that does.
	 */
	bool (*tells_groups)(const char *entry);
	const char *group_file;

	/*
	 * Whether its interpreter gives a variable of the environment that
	 * value itself, for all that it starts: where it is as good as unset.
	 */
	bool (*gives)(const char *variable, const char *value);

	/*
	 * Globs of the names of small texts that say where things lie: they
	 * are compared with the places taken out (map/placed.h).
	 */
	const char *const *placed;
	/*
	 * Such a text, by its name, without what only follows from the
	 * contents of others, to be freed; NULL: as it is.
	 */
	char *(*plain)(
		const char *name, const char *text, size_t size, size_t *left);

	/*
	 * Adds the places that an interpreter has, by the path of its program.
	 * The program may be none, and is not executed (map/place.h).
	 */
	void (*places)(struct map_places *places, const char *root,
		const char *program);
};

/*
 * They are there from now on, NULL behind the last. Without them a listing
 * would have another print: nothing may be asked of the map before.
 */
void map_languages_set(const struct map_language *const *languages);
const struct map_language *const *map_languages(void);

#endif
