/* SPDX-License-Identifier: MIT */
/*
 * Places: where on a machine the project, the home folder, an interpreter lie.
 *
 * A map that is asked somewhere else than where it was recorded holds there if
 * all is as it was but for these. So each place has a role, and what was read
 * is compared with the places taken out: of paths, of values of variables, of
 * where links point, and of the small texts that say where things lie
 * (map/language.h has their names). Whichever place is taken for a role, the
 * answer is one about files that look, in it, as the recorded ones did: a
 * wrong guess finds differences, and runs too much.
 */
#ifndef FTRACE_MAP_PLACE_H
#define FTRACE_MAP_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#define PLACE_ROOT "root"
#define PLACE_HOME "home"
#define PLACE_TEMPORARY "temporary"
#define PLACE_LIBC "libc" /* has a version, and lies nowhere */

struct map_place {
	char *role;
	char *path;    /* as people write it, absolute; NULL: nowhere */
	char *real;    /* the same with links followed, which may be equal */
	char *program; /* what tells of it, as stored; NULL: the environment */
	char *version; /* of what was recorded there; NULL: unknown */
	char *now;     /* of what is there; NULL: unknown, or nothing */
};

struct map_places {
	struct map_place *list;
	size_t count, room;
};

/*
 * Adds a place, and returns it. NULL: it cannot be one, being no folder of its
 * own (as /usr is not), or the role has one already.
 */
struct map_place *map_places_add(
	struct map_places *places, const char *role, const char *path);
/* The same of what lies nowhere. */
struct map_place *map_places_add_fact(
	struct map_places *places, const char *role);

struct map_place *map_places_find(
	const struct map_places *places, const char *role);
/* Whether what is there now is of another version, or nothing is. */
bool map_place_is_another(const struct map_place *place);

void map_places_release(struct map_places *places);

/* The root, the home and temporary folder, and the C library, as they are. */
void map_places_of_environment(struct map_places *places, const char *root);

/*
 * The places of an interpreter, by the path of its program, as stored: below
 * the root it is relative. Asked are the languages; nothing is executed.
 */
void map_places_of_program(
	struct map_places *places, const char *root, const char *program);

/*
 * Where the places of a map are on this machine, one for one. What is not found
 * here stays as it was recorded.
 */
void map_places_here(struct map_places *here, const struct map_places *then,
	const char *root);

/* Whether each lies where the other has it. */
bool map_places_same(const struct map_places *a, const struct map_places *b);

/*
 * A path of a map with places `then`, as it is where they are `here`; to be
 * freed. NULL: it is the same.
 */
char *map_places_path(const struct map_places *then,
	const struct map_places *here, const char *stored);

/*
 * Whether a path belongs to one of the places, or to everybody, by more than
 * the first `size` bytes of it or as much.
 */
bool map_places_cover(
	const struct map_places *places, const char *stored, size_t size);

/*
 * A text with the places taken out, to be freed; NULL: there are none in it.
 * What stands for them is in no text.
 */
char *map_places_take_out(const struct map_places *places, const char *text,
	size_t size, size_t *left);

#endif
