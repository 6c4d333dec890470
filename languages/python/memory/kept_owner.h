/* SPDX-License-Identifier: MIT */
/*
 * What has places in it: an owner is a module, a class, an object or a
 * container. kept_open.c finds what is in one, kept_places.c looks at it.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_OWNER_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_OWNER_H

#include "languages/python/memory/kept_places.h"

struct owner {
	struct stamp stamp; /* the first, so that it leads here */
	enum kept_kind kind;
	struct place *holder; /* NULL: it is a module */
	PyObject *object;     /* a module's names, held; no other is */
	bool is_foreign;      /* attributes that code of others asks for */
	struct place **places;
	unsigned count;
	uint64_t held; /* its holder's version with which it was there */
	unsigned left; /* of its places, even if it is gone itself */
	bool gone;
	struct top *module; /* of a module alone */
};

/* What a module has besides. */
struct top {
	char *path;
	PyObject *name;           /* held; NULL: of a fixture */
	struct place *names;      /* how many names it has */
	struct kept_name **known; /* by which code has to do with it */
	unsigned known_count;
	uint64_t asked; /* the look that last asked whether a scope is near, */
	bool is_near;   /* and was told this */
	struct owner *next, **link;
};

struct owner *owner_top(struct owner *owner);

/* That of a module's names, or NULL; and a new one, which has its module. */
struct owner *owner_of(PyObject *names);
void owner_add_module(struct owner *owner);

/* Whether it is still what its holder has. */
bool owner_is_there(struct owner *owner);

/* What is in a place whose owner is there, to be released; NULL: nothing. */
PyObject *owner_value(const struct place *place);

/* NULL: there is no memory, or are too many. */
struct place *owner_add(struct owner *owner, PyObject *key, ssize_t number);
struct place *owner_find(struct owner *owner, PyObject *key, ssize_t number);
void owner_forget(struct owner *owner);

/* Has it found by a name, and by another one; either may be NULL. */
void place_name(
	struct place *place, struct kept_name *one, struct kept_name *other);
void place_put(struct kept_name *name, struct place *place);

/* Of one that is gone and is held no more. */
void place_free(struct place *place);

/* It is looked at before anything else is: places_next_new() gives it. */
void place_wait(struct place *place);

/* That whose globals these are is known by a name, now or when it is loaded. */
void owner_know(PyObject *names, struct kept_name *name);

/* Of kept_open.c */

/* That of places_start(). */
void open_start(PyObject *class_kind, PyObject *paths_of, PyObject *specials_of,
	PyObject *default_of);

/* Looks into the value of a place, as it is now: is it new there? */
void open_place(struct place *place, PyObject *value, bool is_new);

/* Takes in what came to a container, or to the names of an owner. */
void open_elements(struct owner *owner, bool is_new);
void open_names(struct owner *owner, bool is_new);

/* Whether code of other files than this is at home there. */
bool open_is_shared(const struct owner *owner, const char *path);

#endif
