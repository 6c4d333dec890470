/* SPDX-License-Identifier: MIT */
/*
 * Functions that call another one and do something besides, without a Python
 * frame: one would show up in tracebacks, and shift the line that a warning is
 * reported for.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_EXTENSION_WRAPPERS_H
#define FTRACE_LANGUAGES_PYTHON_EXTENSION_WRAPPERS_H

#include "languages/python/extension/python_api.h"

/*
 * around(function, enter, leave): makes a callable that calls enter with the
 * arguments, then function, then leave with what enter and function gave
 * (None for a function that raised). Result and exception are function's.
 */
PyObject *wrappers_around(PyObject *self, PyObject *args);

/*
 * sift(function, keep): makes a callable that calls function, then keep with
 * what it gave. It gives None where keep says no.
 */
PyObject *wrappers_sift(PyObject *self, PyObject *args);

/*
 * method(function): a method of a class, made of a function in C, which alone
 * would be none.
 */
PyObject *wrappers_method(PyObject *self, PyObject *function);

#endif
