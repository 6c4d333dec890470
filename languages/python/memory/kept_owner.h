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
	bool is_foreign;      /* code of others asks for its attributes */
	struct place **places;
	unsigned count;
	uint64_t held; /* the holder's version when the holder last had it */
	unsigned left; /* places that are in memory, even if it is gone */
	bool gone;
	struct top *module; /* NULL: it is no module */
};

/* What is known of an owner that is a module. */
struct top {
	char *path;
	PyObject *name;           /* held; NULL: of a fixture */
	struct place *names;      /* the place that counts its names */
	struct kept_name **known; /* the names under which code has it */
	unsigned known_count;
	/* The look that last asked whether a scope is near, and the answer. */
	uint64_t asked;
	bool is_near;
	struct owner *next, **link;
};

struct owner *owner_top(struct owner *owner);

/* The module with these names, or NULL; and has one found there, whose `module`
 * is filled in. */
struct owner *owner_of(PyObject *names);
void owner_add_module(struct owner *owner);

/* Whether its holder still has it. */
bool owner_is_there(struct owner *owner);

/* What is in a place whose owner is there, to be released; NULL: nothing. */
PyObject *owner_value(const struct place *place);

/* A new place, and one that is there. NULL: there is no memory, or there are
 * too many; there is no such place. */
struct place *owner_add(struct owner *owner, PyObject *key, ssize_t number);
struct place *owner_find(struct owner *owner, PyObject *key, ssize_t number);
void owner_forget(struct owner *owner);

/* Lists a place under the names by which code reaches it; either may be NULL.
 */
void place_name(
	struct place *place, struct kept_name *one, struct kept_name *other);
void place_put(struct kept_name *name, struct place *place);

/* Frees a place that is gone and that nobody holds. */
void place_free(struct place *place);

/* Has a place looked at before all others: places_next_new() gives it. */
void place_wait(struct place *place);

/* Code has the module with these globals under a name, now or when the module
 * is loaded. */
void owner_know(PyObject *names, struct kept_name *name);

/* Of kept_open.c */

/* That of places_start(). */
void open_start(PyObject *class_kind, PyObject *paths_of, PyObject *specials_of,
	PyObject *default_of, PyObject *anew_of);

/* Finds the places in the value of a place. is_new: the value came there since
 * the module was loaded. */
void open_place(struct place *place, PyObject *value, bool is_new);

/* Finds the places of elements that a container, or of names that an owner, has
 * got since. */
void open_elements(struct owner *owner, bool is_new);
void open_names(struct owner *owner, bool is_new);

/* Whether a class or an object has methods from other files than this, or a
 * function is from another one. */
bool open_is_shared(const struct owner *owner, const char *path);

#endif
