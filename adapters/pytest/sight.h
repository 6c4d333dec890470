/* SPDX-License-Identifier: MIT */
/*
 * What there is to see in one value, for kept.c: by its type, and in numbers
 * that change when it does. Runs no code of the values' own.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_SIGHT_H
#define FTRACE_ADAPTERS_PYTEST_SIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "adapters/pytest/python_api.h"

/* What there is to see in a value besides which one it is. */
enum sight {
	SIGHT_NOTHING = 1,
	SIGHT_SPECIAL, /* it is not even asked which one it is */
	SIGHT_VALUE,   /* held, so that no other comes to lie there */
	SIGHT_SIZE,
	SIGHT_CACHE,
	SIGHT_FUNCTION, /* what was put on it */
	SIGHT_CLOSURE,  /* that, and what it closes over, and its defaults */
	SIGHT_WRAPPED,  /* what a staticmethod has inside, and the like */
	SIGHT_CLASS,
	SIGHT_OBJECT,
	SIGHT_FOREIGN /* an object whose attributes others look up */
};

/*
 * sight_start(kind_of, cache type, function type, module type, wrappers,
 * get_referents, probe, its names, function, slots_of, paths_of), with a class
 * and the dict of its names, a function that nothing was put on, what gives the
 * attributes of an object without a dict, or None, and what gives the paths of
 * the files that a class and its bases, or a function, are of. The arguments
 * have to stay. False: nothing can be seen.
 */
bool sight_start(PyObject *args);

enum sight sight_of(PyObject *value);

bool sight_is_module(PyObject *value);

/* Whether what a function closes over, or its defaults, can keep anything. */
bool sight_has_inside(PyObject *function);

/* What a staticmethod or a property is made of; held. NULL: nothing. */
PyObject *sight_unwrap(PyObject *value);

/* The attributes of an object by their names; held. NULL: it can have none. */
PyObject *sight_attributes(PyObject *object);

/* Of which files a class and its bases, or a function, are; NULL: unknown. */
PyObject *sight_paths(PyObject *value);

/*
 * Whether a class, a function or a cache is of the module of that name, or of
 * none where there is none, as no class is.
 */
bool sight_is_of(PyObject *value, enum sight sight, PyObject *module);

/* What a container holds, a cache has computed, was put on a function. */
uint64_t sight_sum(PyObject *value, enum sight sight);

/* Whether something is known to be of that sight, without asking anybody. */
bool sight_is_known(PyObject *value, enum sight sight);

/*
 * Whether the sum of a list, a tuple or a dict is that, where there is nothing
 * in it to look into. Runs nothing and frees nothing; false: perhaps.
 */
bool sight_has_plain_sum(PyObject *value, uint64_t sum);

/*
 * The attributes of an object that were looked at before, held, where that
 * frees nothing; NULL: ask sight_attributes().
 */
PyObject *sight_same_attributes(PyObject *object);

#endif
