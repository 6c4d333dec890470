/* SPDX-License-Identifier: MIT */
/*
 * What a module keeps in plain sight, told at a glance, again and again.
 *
 * Programs ask for variables in every test, so that what is kept of these
 * cannot be looked for as it is for files. Looked at are the globals of a
 * module, the attributes of its classes and of its objects, how much its
 * containers hold, and what functools.lru_cache has computed. Runs no code of
 * the objects' own.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_GLANCE_H
#define FTRACE_ADAPTERS_PYTEST_GLANCE_H

#include "adapters/pytest/python_api.h"

/*
 * glance_start(plain, containers, cache): types whose objects have no
 * attributes that could be a value kept, types that hold values, and that of
 * what functools.lru_cache makes. types_start() comes first.
 */
PyObject *glance_start(PyObject *self, PyObject *args);

/*
 * glance(names), the globals of a module: a number for what everybody can get
 * at, which is what a public name or a cache holds, for which no function of
 * the module has to be entered; and a number for the rest.
 */
PyObject *glance(PyObject *self, PyObject *names);

#endif
