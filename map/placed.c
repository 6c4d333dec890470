/* SPDX-License-Identifier: MIT */
#include "map/placed.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/read_file.h"
#include "map/language.h"

/* Longer ones are compared as they are. */
#define PLACED_BYTES ((size_t)256 << 10)

/* A script names the interpreter that runs it. */
static bool placed_is_script(const char *stored)
{
	const char *last = path_last(stored);

	return last - stored >= 4 && !memcmp(last - 4, "bin/", 4) &&
	       (last - stored == 4 || last[-5] == '/');
}

bool placed_may(const char *stored)
{
	const struct map_language *const *at = map_languages();
	const char *last = path_last(stored);

	for (; *at; at++)
		for (const char *const *glob = (*at)->placed; glob && *glob;
			glob++)
			if (fnmatch(*glob, last, 0) == 0)
				return true;
	return placed_is_script(stored);
}

/* Without what only follows from texts that name places; NULL: it is all. */
static char *placed_plain(
	const char *stored, const char *text, size_t size, size_t *left)
{
	const struct map_language *const *at = map_languages();
	char *plain = NULL;

	for (; !plain && *at; at++)
		if ((*at)->plain)
			plain = (*at)->plain(
				path_last(stored), text, size, left);
	return plain;
}

struct print placed_of_text(const struct map_places *places, const char *stored,
	enum aspect aspect, const void *bytes, size_t size, mode_t mode)
{
	char *plain = NULL, *text = NULL;
	struct print print;

	if (size <= PLACED_BYTES && (S_ISLNK(mode) || placed_may(stored))) {
		plain = placed_plain(stored, bytes, size, &size);
		if (plain)
			bytes = plain;
		text = map_places_take_out(places, bytes, size, &size);
		if (text)
			bytes = text;
	}
	print = print_of_text(aspect, bytes, size, mode);
	free(text);
	free(plain);
	return print;
}

static struct print placed_link(const struct map_places *places,
	const char *path, struct print otherwise)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	return n < 0 ? otherwise
		     : placed_of_text(places, "", ASPECT_LINK, target,
			       (size_t)n, S_IFLNK);
}

struct print placed_take(const struct map_places *places, const char *stored,
	const char *path, enum aspect aspect, const char *block,
	size_t block_size, unsigned *hashed)
{
	struct print print =
		print_take(path, aspect, block, block_size, hashed);
	struct stat st;
	char *text;
	size_t size;

	if (aspect == ASPECT_LINK)
		return placed_link(places, path, print);
	if ((aspect != ASPECT_CONTENT && aspect != ASPECT_MADE) ||
		!placed_may(stored) || lstat(path, &st) < 0 ||
		!S_ISREG(st.st_mode) || st.st_size >= (off_t)PLACED_BYTES)
		return print;
	text = read_file(path, PLACED_BYTES, &size);
	if (!text)
		return print;
	print = placed_of_text(places, stored, aspect, text, size, st.st_mode);
	free(text);
	return print;
}
