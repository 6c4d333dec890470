/* SPDX-License-Identifier: MIT */
/*
 * What is read of types themselves: the names that they have. Runs no code of
 * the objects' own, and frees nothing.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_TYPES_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_TYPES_H

#include <stdbool.h>

#include "languages/python/extension/python_api.h"

/*
 * types_start(class, its names, names_of, get_referents), with a class of
 * classes, made by Python code, on which the layout of types is tried out, and
 * what gives the same for any of them where that is unknown.
 */
PyObject *types_start(PyObject *self, PyObject *args);

/* The names of a class itself, not held; NULL: they cannot be had. */
PyObject *types_names(PyObject *class);

/*
 * The name of the module that a class made at run time is of, not held; NULL:
 * it has none, is none of those, or its layout is unknown.
 */
PyObject *types_module(PyObject *class);

#endif
