/* SPDX-License-Identifier: MIT */
/*
 * What stands in for builtins.__import__, so that imports of modules that are
 * loaded already are heard of, too.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_LOADING_IMPORT_HOOK_H
#define FTRACE_LANGUAGES_PYTHON_LOADING_IMPORT_HOOK_H

#include "languages/python/extension/python_api.h"

/*
 * Once, with the text "__name__", which is kept. Returns -1 where the layout
 * of objects is unknown, without an exception.
 */
int import_hook_start(PyObject *name);

/* The scope in force changed: what was heard of counts anew. */
void import_hook_shift(void);

/*
 * import_hook(previous, callback, doc, builtins, name of builtins): makes the
 * function, which can be told from the genuine one by its address alone. Once.
 */
PyObject *import_hook_make(PyObject *self, PyObject *args);

/* renew(name): forgets which were foreign; None: of whatever name. */
PyObject *import_hook_renew(PyObject *self, PyObject *name);

#endif
