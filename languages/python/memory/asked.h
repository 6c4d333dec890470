/* SPDX-License-Identifier: MIT */
/*
 * The names that code of the project puts together and asks an object for, by
 * getattr() and hasattr(): what it has written, its code tells.
 *
 * Both are put in the place of Python's own, and do what these do. A name that
 * code of the project asks for is said once for each scope (use/asked/NAME).
 *
 * Who gets a module from another one by these is told of, whoever that is.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_ASKED_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_ASKED_H

#include "languages/python/extension/python_api.h"

/*
 * askers(getattr, its doc, hasattr, its doc, builtins, name of builtins,
 * is_project, hear), once: what stands in for the two. The docs are bytes.
 * is_project(path) says whether code of a module with that __file__ counts, or,
 * where it has none, that __name__. hear(module) is called while its caller's
 * frame is the one that asked.
 */
PyObject *asked_askers(PyObject *self, PyObject *args);

#endif
