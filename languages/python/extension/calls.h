/* SPDX-License-Identifier: MIT */
/*
 * Calls that are handed on as they came, without a tuple and a dict made for
 * them (METH_FASTCALL | METH_KEYWORDS, and PEP 590); and callbacks that fail.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_EXTENSION_CALLS_H
#define FTRACE_LANGUAGES_PYTHON_EXTENSION_CALLS_H

#include "languages/python/extension/python_api.h"

/*
 * The first `count` arguments are by place; then come those that are named, in
 * the order of the tuple of their names, which is NULL where there are none.
 */
typedef PyObject *calls_function(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names);

/* Calls with what such a function was called with. */
PyObject *calls_on(PyObject *callable, PyObject *const *args, ssize_t count,
	PyObject *names);

/* An argument by its place or its name, not held; NULL: it is absent. */
PyObject *calls_argument(PyObject *const *args, ssize_t count, PyObject *names,
	ssize_t place, const char *name);

/*
 * Drops the pending exception of a callback, and confesses that something may
 * be missing from the record. An interrupt or an exit that happens to arrive
 * inside one is not the callback's and has to travel on: returns -1 for those.
 */
int calls_forgive(void);

#endif
