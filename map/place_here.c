/* SPDX-License-Identifier: MIT */
/*
 * Where the places are on this machine. What a map names is looked at, and
 * never executed.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "base/alloc.h"
#include "base/path.h"
#include "map/language.h"
#include "map/place.h"
#include "map/project.h"

void map_places_of_environment(struct map_places *places, const char *root)
{
	static const char *const named[][2] = {
		{PLACE_HOME, "HOME"}, {PLACE_TEMPORARY, "TMPDIR"}};
	struct map_place *libc;

	map_places_add(places, PLACE_ROOT, root);
	for (size_t i = 0; i < 2; i++)
		if (getenv(named[i][1]))
			map_places_add(
				places, named[i][0], getenv(named[i][1]));
	libc = map_places_add_fact(places, PLACE_LIBC);
#ifdef __GLIBC__
	if (libc)
		libc->version = xasprintf("glibc %s", gnu_get_libc_version());
#else
	(void)libc;
#endif
}

void map_places_of_program(
	struct map_places *places, const char *root, const char *program)
{
	const struct map_language *const *at = map_languages();
	char *path = project_file(root, program);
	size_t before = places->count;

	for (; *at; at++)
		if ((*at)->places)
			(*at)->places(places, root, path);
	for (size_t i = before; i < places->count; i++)
		places->list[i].program = xstrdup(program);
	free(path);
}

static bool place_here_is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

/* Of that name in the active environment, or along PATH; to be freed. */
static char *place_here_on_path(const char *name)
{
	const char *active = getenv("VIRTUAL_ENV"), *path = getenv("PATH");
	char *list = xasprintf("%s%s:%s", active ? active : "",
		active ? "/bin" : "", path ? path : "");
	char *rest = list, *folder, *found = NULL;

	while (!found && (folder = strsep(&rest, ":"))) {
		char *program = xasprintf("%s/%s", folder, name);

		if (*folder == '/' && place_here_is_program(program))
			found = program;
		else
			free(program);
	}
	free(list);
	return found;
}

/*
 * A program that is no part of the project stays while it is there. From
 * another checkout it is that one's.
 */
static char *place_here_program(const struct map_places *then,
	const struct map_places *now, const char *program)
{
	const struct map_place *was = map_places_find(then, PLACE_ROOT);
	const struct map_place *is = map_places_find(now, PLACE_ROOT);
	char *moved = map_places_path(then, now, program), *found = NULL;

	if (!moved)
		moved = xstrdup(program);
	if (*program != '/' || (was && is && !strcmp(was->real, is->real) &&
				       place_here_is_program(moved)))
		return moved;
	found = place_here_on_path(path_last(program));
	if (!found)
		return moved;
	free(moved);
	return found;
}

static void place_here_programs(
	struct map_places *now, const struct map_places *then, const char *root)
{
	for (size_t i = 0; i < then->count; i++) {
		const char *program = then->list[i].program;
		char *here;
		size_t k = 0;

		if (!program)
			continue;
		while (k < i && (!then->list[k].program ||
					strcmp(then->list[k].program, program)))
			k++;
		if (k < i)
			continue;
		here = place_here_program(then, now, program);
		map_places_of_program(now, root, here);
		free(here);
	}
}

static char *place_here_copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void map_places_here(struct map_places *here, const struct map_places *then,
	const char *root)
{
	struct map_places now = {0};

	map_places_of_environment(&now, root);
	place_here_programs(&now, then, root);
	for (size_t i = 0; i < then->count; i++) {
		const struct map_place *was = &then->list[i];
		const struct map_place *is = map_places_find(&now, was->role);
		const struct map_place *from = is && is->path ? is : was;
		struct map_place *place = map_places_add_fact(here, was->role);

		if (!place)
			continue;
		place->path = place_here_copy(from->path);
		place->real = place_here_copy(from->real);
		place->program = place_here_copy(
			is && is->program ? is->program : was->program);
		place->version = place_here_copy(was->version);
		place->now = place_here_copy(is ? is->version : NULL);
	}
	map_places_release(&now);
}
