/* SPDX-License-Identifier: MIT */
/*
 * The places in memory where modules keep values: their globals, the
 * attributes of their classes and of objects that these lead to, what is in
 * small containers, what functions close over and have for defaults. Each is
 * found by the name that code gets at it by (kept_names.h), so that to look
 * costs as much as was mentioned, however much there is.
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

/* Up to when what has places is known to be there, and its version then. */
struct stamp {
	uint64_t checked; /* see values_moment; STAMP_GONE: it is not */
	uint64_t version; /* 0: not known */
};

#define STAMP_GONE UINT64_MAX

struct owner;

struct top;

struct place {
	struct owner *owner;
	struct top *top; /* of its owners the first; as long as it is there */
	PyObject *key;   /* held; NULL: by its number */
	ssize_t number;  /* or, of the names of its owner, PLACE_NAMES */
	struct kept_name *names[2]; /* by which code gets at it, or NULL; */
	bool by_attribute[2];       /* as an attribute of something */
	/*
	 * Who gets at it mentions this one, too: what leads there from a
	 * module. NULL: it may be handed over, as objects of a class are.
	 */
	struct kept_name *root;
	bool by_module; /* and has to do with the module: places_are_near() */
	uint64_t state, base; /* now, and as it was loaded; 0: not there */
	uint64_t absent;      /* what it is where it is not there */
	struct owner *inner;  /* what the value has in it, or NULL */
	struct owner *before; /* the same of one that may come back */
	uint64_t inside;      /* the version of a dict in that state; 0: none */
	unsigned depth;
	unsigned
		uses; /* how often it is held, and in how many lists of names */
	bool gone;    /* what had it has something else now */
	/* Of how many attributes a function has, its name. */
	struct kept_name *by_setter;
	bool is_called;   /* only who calls it finds anything */
	bool others;      /* more than one scope made what is there, */
	uint64_t filler;  /* the last of which is this */
	uint64_t began;   /* the state that one found, or BEGAN_UNKNOWN */
	uint64_t changed; /* the number of the look that found it changed */
	struct kept_said said;
	bool is_listed;   /* among what is made: kept.c */
	uint64_t looked;  /* the number of the look, */
	uint64_t version; /* and of its owner then; 0: it has to be asked */
	/* What was there, and the version of the owner, which holds it so long;
	 * 0: it has to be looked up. */
	PyObject *value;
	uint64_t valued;
};

#define PLACE_NAMES (-1)
#define BEGAN_UNKNOWN UINT64_MAX /* by chance alone a state's */

/*
 * A place where a name is. At rest: unless what has it changes, it stays as it
 * was loaded. This is all that most looks see of it, for there are many.
 */
struct kept_at {
	struct place *place;
	struct stamp *stamp; /* of its owner; there as long as the place */
	uint64_t version;    /* at which it is at rest; 0: it is not */
};

bool places_rest(const struct kept_at *at);

/*
 * How a place was found: as it was, with another state, with another value for
 * sure, or gone.
 */
enum place_news { PLACE_SAME, PLACE_CHANGED, PLACE_REPLACED, PLACE_GONE };

/*
 * Takes what it asks in Python: class_kind(class) gives 0 for one whose objects
 * have nothing to look at, 1 for one of the project, 2 for any other;
 * attributes_of(object) a dict where an object has none, or None;
 * paths_of(class) those of the files whose code is at home in a class;
 * specials_of(object) the code that Python calls of it; default_of(class, name)
 * a tuple of what its objects have by that name without having it; and
 * pairs of a type that wraps functions and the attribute that has them. They
 * are kept.
 */
void places_start(PyObject *class_kind, PyObject *attributes_of,
	PyObject *paths_of, PyObject *specials_of, PyObject *default_of,
	PyObject *wrappers);

/*
 * Takes in the names of a module, as they are now, or, where it is not loaded
 * from a source, the values of a fixture. Nothing where there is no memory.
 */
void places_keep(PyObject *names, const char *path, bool is_module);

/* All places in it are gone, if there are any. */
void places_forget(PyObject *names);

/* From now on what was known of what is where may be so no more. */
void places_begin(void);

/* Looks at one, and finds what is new in it. */
enum place_news places_look(struct place *place);

/* One that was found since, and has to be looked at now; NULL: none. */
struct place *places_next_new(void);

/* Puts another place where one that is gone was in a list. */
void places_drop(struct kept_name *name, unsigned at);

/* As long as one is held it stays, gone or not. */
void places_hold(struct place *place);
void places_release(struct place *place);

/*
 * Whether a scope, as a bit, has to do with the module where it is: it entered
 * its code, or mentions a name that code has it by.
 */
bool places_are_near(const struct place *place, uint64_t scope);

/* Whether what has it is where it was. */
bool places_are_there(const struct place *place);

/* The file of the module where it is. */
const char *places_path(const struct place *place);

/*
 * What is known to fill a place, to be released: a cache, or the function that
 * closes over it. NULL: nobody knows.
 */
PyObject *places_cached(const struct place *place);

/* The module with these globals; NULL: it is not looked at. */
const struct owner *places_top(PyObject *names);
bool places_are_in(const struct place *place, const struct owner *top);

/* Whether whoever imports the module gets at it, not its own functions alone.
 */
bool places_are_open(const struct place *place);

/* The name of the global by which code gets there; NULL: it may do otherwise.
 */
const struct kept_name *places_global(const struct place *place);

/* The value, to be released; NULL: none. */
PyObject *places_value(const struct place *place);

#endif
