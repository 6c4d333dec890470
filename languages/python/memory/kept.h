/* SPDX-License-Identifier: MIT */
/*
 * What a scope leaves in memory for others to find: caches, tables that are
 * filled on first use, objects made on demand.
 *
 * Whoever finds a value there has not entered what computed it. So when the
 * scope in force changes, the places that it mentioned (kept_places.h) are
 * looked at. One that is not as it was is told to be made by the scope; one
 * that was made by another scope, and not put back to what it was when its
 * module was loaded, is told to be found by it. What nobody mentions costs
 * nothing, nor does a value that was put back.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_H

#include <stdbool.h>

#include "languages/python/extension/python_api.h"

struct block;

/*
 * kept_start(opcodes, types, class_kind, attributes_of, paths_of, specials_of,
 * default_of, anew_of, wrappers, function_of): opcodes as kept_names_start()
 * takes them, as bytes; types as kept_state_start() does; those of
 * places_start(); and function_of(value), the name of the function that a cache
 * computes by, or of a function, as bytes, or None.
 */
PyObject *kept_start(PyObject *self, PyObject *args);

/*
 * keep(path, globals): a module was loaded from the source at that path. With
 * a dict without a __name__: the values of fixtures that outlive a test.
 * Without any names: they are looked at no more.
 */
PyObject *kept_keep(PyObject *self, PyObject *args);

/*
 * The scope in force has entered these blocks since it last changed. Now
 * another one begins in it, or it ends, or it goes on, or it has done all that
 * it does and ends in a moment.
 */
enum kept_shift { KEPT_BEGINS, KEPT_ENDS, KEPT_GOES_ON, KEPT_IS_DONE };

void kept_look(
	struct block *const *entered, unsigned count, enum kept_shift shift);

/*
 * made(globals): what the scope in force, or one inside, has made in a module
 * so far and not put back as it was: 0 nothing, 1 what its own functions get
 * at, 2 what whoever imports it does; "" where that is not looked at. Without
 * any: from now on.
 */
PyObject *kept_made(PyObject *self, PyObject *names);

/*
 * The scope in force asks for what has this name, which no code mentions that
 * it entered. Whether it had not done so before, where that is known.
 */
bool kept_asked(PyObject *name);

#endif
