/* SPDX-License-Identifier: MIT */
/*
 * The places in memory where modules keep values: their globals, the
 * attributes of their classes and of objects that these lead to, what is in
 * small containers, what functions close over and have for defaults. A place
 * is found by the name by which code reaches it (kept_names.h). So a look costs
 * as much as was mentioned, and not as much as there is.
 *
 * Runs no code of the project, and holds no values: each look goes down from
 * the module anew.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_PLACES_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "languages/python/extension/python_api.h"
#include "languages/python/memory/kept_names.h"
#include "languages/python/memory/kept_state.h"

/* How far it goes: the attribute of an attribute's attribute is the last. */
#define PLACES_DEPTH 3

/* When an owner was last known to be there, and its version then. */
struct stamp {
	uint64_t checked; /* a values_moment; STAMP_GONE: it is gone */
	uint64_t version; /* 0: not known */
};

#define STAMP_GONE UINT64_MAX

struct owner;

struct top;

struct place {
	struct owner *owner;
	/* The module where its chain of owners begins. Valid as long as that is
	 * there. */
	struct top *top;
	/* By what the owner has it: a key, which is held, or if that is NULL a
	 * number. PLACE_NAMES stands for how many names the owner has. */
	PyObject *key;
	ssize_t number;
	/* The names by which code reaches it, up to two; and whether code does
	 * so by getting an attribute. */
	struct kept_name *names[2];
	bool by_attribute[2];
	/*
	 * The name that leads from a module to it: code that reaches the place
	 * mentions this one, too. NULL: somebody may hand the owner over, so
	 * code needs no such name, as with objects of a class.
	 */
	struct kept_name *root;
	/* Code that reaches it has to do with its module: places_are_near(). */
	bool by_module;
	/* Its state at the last look, and as its module was loaded; 0: it was
	 * not there. And the state that it has where it is not there. */
	uint64_t state, base, absent;
	/* The owner that its value is, or NULL; and the owner that an earlier
	 * value was, which may come back. */
	struct owner *inner, *before;
	/* If the value is a dict: its version in that state; 0: none. */
	uint64_t inside;
	unsigned depth;
	/* How often it is held, and in how many lists of names it is. */
	unsigned uses;
	bool gone; /* its owner has something else there now */
	/* Of a place that counts the attributes of a function: the function's
	 * name. */
	struct kept_name *by_setter;
	bool is_called; /* only code that calls it finds anything */
	/* Whether several scopes made what is there, the last of them, and the
	 * state that this one found, or BEGAN_UNKNOWN. */
	bool others;
	uint64_t filler, began;
	uint64_t changed; /* the number of the look that found it changed */
	struct kept_said said;
	bool is_listed; /* among those that scopes made: kept.c */
	/* The number of the last look, and the version of its owner then; 0:
	 * the owner has to be asked. */
	uint64_t looked, version;
	/* What was there, and the version of the owner until which the owner
	 * holds that; 0: it has to be looked up. */
	PyObject *value;
	uint64_t valued;
};

#define PLACE_NAMES (-1)
#define BEGAN_UNKNOWN UINT64_MAX /* a state has it by chance alone */

/*
 * A place in the list of a name. A place is at rest if it stays as it was
 * loaded unless its owner changes. There are many places, and most looks see no
 * more of one than this.
 */
struct kept_at {
	struct place *place;
	struct stamp *stamp; /* of its owner; valid as long as the place */
	uint64_t version;    /* of its owner at rest; 0: it is not at rest */
};

bool places_rest(const struct kept_at *at);

/*
 * What a look found: the place is as it was, has another state, has surely
 * another value, or is gone.
 */
enum place_news { PLACE_SAME, PLACE_CHANGED, PLACE_REPLACED, PLACE_GONE };

/*
 * Takes what it asks in Python: class_kind(class) gives 0 for one whose objects
 * have nothing to look at, 1 for one of the project, 2 for any other;
 * attributes_of(object) a dict where an object has none, or None;
 * paths_of(class) those of the files whose code is at home in a class;
 * specials_of(object) the code that Python calls of it; default_of(class, name)
 * a tuple of what its objects have by that name without having it;
 * anew_of(class) the set of the names that whoever runs tests sets there anew
 * for each, which are not looked at; and
 * pairs of a type that wraps functions and the attribute that has them. They
 * are kept.
 */
void places_start(PyObject *class_kind, PyObject *attributes_of,
	PyObject *paths_of, PyObject *specials_of, PyObject *default_of,
	PyObject *anew_of, PyObject *wrappers);

/*
 * Takes in the names of a module, as they are now, or, where it is not loaded
 * from a source, the values of a fixture. Nothing where there is no memory.
 */
void places_keep(PyObject *names, const char *path, bool is_module);

/* All places in it are gone, if there are any. */
void places_forget(PyObject *names);

/* Code has run since: what is known of places has to be looked up anew. */
void places_begin(void);

/* Looks at one, and finds what is new in it. */
enum place_news places_look(struct place *place);

/* The next place that was found since and was not looked at; NULL: none. */
struct place *places_next_new(void);

/* Takes a place that is gone out of the list of a name. */
void places_drop(struct kept_name *name, unsigned at);

/* A place that is held stays in memory, even if it is gone. */
void places_hold(struct place *place);
void places_release(struct place *place);

/*
 * Whether a scope, as a bit, has to do with the module of a place: the scope
 * entered code of the module, or mentions a name under which code has the
 * module.
 */
bool places_are_near(const struct place *place, uint64_t scope);

/* Whether the owner of a place is where it was. */
bool places_are_there(const struct place *place);

/* The file of the module that a place is in. */
const char *places_path(const struct place *place);

/*
 * What fills a place, to be released: a cache, or the function that closes over
 * it. NULL: that is not known.
 */
PyObject *places_cached(const struct place *place);

/* The module with these globals; NULL: it is not looked at. */
const struct owner *places_top(PyObject *names);
bool places_are_in(const struct place *place, const struct owner *top);

/* Whether code that imports the module reaches the place, and not only the
 * module's own functions. */
bool places_are_open(const struct place *place);

/* The global by which all code reaches the place; NULL: there is a way without.
 */
const struct kept_name *places_global(const struct place *place);

/* The value in a place, to be released; NULL: none. */
PyObject *places_value(const struct place *place);

#endif
