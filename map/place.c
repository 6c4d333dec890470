/* SPDX-License-Identifier: MIT */
#include "map/place.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Folders that everybody shares: a path below one says nothing of a place. */
static const char *const shared[] = {"/", "/usr", "/usr/local", "/opt", "/bin",
	"/lib", "/etc", "/var", "/home", "/tmp", "/var/tmp", "/srv", "/mnt",
	NULL};

static bool is_shared(const char *path)
{
	const char *const *at = shared;

	while (*at && strcmp(*at, path) != 0)
		at++;
	return *at != NULL;
}

/* Without the slashes at its end. */
static char *place_tidy(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return xmemdup(path, n);
}

struct map_place *map_places_find(
	const struct map_places *places, const char *role)
{
	for (size_t i = 0; i < places->count; i++)
		if (!strcmp(places->list[i].role, role))
			return &places->list[i];
	return NULL;
}

struct map_place *map_places_add_fact(
	struct map_places *places, const char *role)
{
	struct map_place *place;

	if (map_places_find(places, role))
		return NULL;
	place = array_add(
		&places->list, &places->count, &places->room, sizeof(*place));
	place->role = xstrdup(role);
	return place;
}

/* A root may be any folder but the whole. */
static bool is_usable(const char *role, const char *path)
{
	if (*path != '/' || !path[1] || strlen(path) >= PATH_MAX)
		return false;
	return !strcmp(role, PLACE_ROOT) || !is_shared(path);
}

struct map_place *map_places_add(
	struct map_places *places, const char *role, const char *path)
{
	char *tidy = place_tidy(path), *real;
	struct map_place *place = NULL;

	if (is_usable(role, tidy))
		place = map_places_add_fact(places, role);
	if (!place) {
		free(tidy);
		return NULL;
	}
	real = realpath(tidy, NULL);
	place->real = real && is_usable(role, real) ? real : xstrdup(tidy);
	if (place->real != real)
		free(real);
	place->path = tidy;
	return place;
}

void map_places_release(struct map_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		struct map_place *place = &places->list[i];

		free(place->role);
		free(place->path);
		free(place->real);
		free(place->program);
		free(place->version);
		free(place->now);
	}
	free(places->list);
	memset(places, 0, sizeof(*places));
}

bool map_place_is_another(const struct map_place *place)
{
	if (!place->version || !*place->version)
		return false;
	return place->now ? strcmp(place->now, place->version) != 0
			  : place->program != NULL;
}

bool map_places_same(const struct map_places *a, const struct map_places *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct map_place *one = &a->list[i];
		const struct map_place *other = map_places_find(b, one->role);

		if (!one->path)
			continue;
		if (!other || !other->path || strcmp(one->path, other->path) ||
			strcmp(one->real, other->real))
			return false;
	}
	return true;
}

/* The longest spelling of a place that a path begins with. */
struct found {
	const struct map_place *place;
	size_t size;
	bool real;
};

static bool is_of_name(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr("._-~+%@", c));
}

/* It has to end where a name does. */
static void place_try(struct found *found, const struct map_place *place,
	bool real, const char *text, size_t size)
{
	const char *path = real ? place->real : place->path;
	size_t n = strlen(path);

	if (n > found->size && n <= size && !memcmp(path, text, n) &&
		(n == size || !is_of_name((unsigned char)text[n])))
		*found =
			(struct found){.place = place, .size = n, .real = real};
}

static struct found place_at(
	const struct map_places *places, const char *text, size_t size)
{
	struct found found = {0};

	for (size_t i = 0; i < places->count; i++) {
		const struct map_place *place = &places->list[i];

		if (!place->path)
			continue;
		place_try(&found, place, false, text, size);
		place_try(&found, place, true, text, size);
	}
	return found;
}

char *map_places_path(const struct map_places *then,
	const struct map_places *here, const char *stored)
{
	const struct map_place *now;
	struct found found;
	const char *path;

	if (*stored != '/')
		return NULL;
	found = place_at(then, stored, strlen(stored));
	now = found.place ? map_places_find(here, found.place->role) : NULL;
	if (!now || !now->path ||
		(stored[found.size] && stored[found.size] != '/'))
		return NULL;
	path = found.real ? now->real : now->path;
	if (strlen(path) == found.size && !memcmp(path, stored, found.size))
		return NULL;
	return xasprintf("%s%s", path, stored + found.size);
}

bool map_places_cover(
	const struct map_places *places, const char *stored, size_t size)
{
	struct found found = place_at(places, stored, strlen(stored));
	char *folder = xmemdup(stored, size);
	bool covered = is_shared(folder) || (found.place && found.size >= size);

	free(folder);
	return covered;
}

/* Whether a path can begin at a slash there: not in the middle of another. */
static bool begins(const char *text, size_t at)
{
	if (at == 0)
		return true;
	if (text[at - 1] == '/')
		return at > 2 && !memcmp(text + at - 3, "://", 3);
	return !is_of_name((unsigned char)text[at - 1]);
}

char *map_places_take_out(const struct map_places *places, const char *text,
	size_t size, size_t *left)
{
	size_t at = 0, copied = 0;
	char *bytes = NULL;
	FILE *out = NULL;

	while (!memchr(text, '\0', size)) {
		const char *slash = memchr(text + at, '/', size - at);
		struct found found = {0};

		if (!slash)
			break;
		at = (size_t)(slash - text);
		if (begins(text, at))
			found = place_at(places, slash, size - at);
		if (found.place && !out)
			out = open_memstream(&bytes, left);
		if (!found.place || !out) {
			at++;
			continue;
		}
		fwrite(text + copied, 1, at - copied, out);
		fprintf(out, "%c%s%s%c", 0, found.place->role,
			found.real ? "'" : "", 0);
		at += found.size;
		copied = at;
	}
	if (!out)
		return NULL;
	fwrite(text + copied, 1, size - copied, out);
	fclose(out);
	return bytes;
}
