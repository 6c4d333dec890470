/* SPDX-License-Identifier: MIT */
/*
 * What values have in them that kept_places.c looks at one by one: read without
 * running code of the project, and without holding anything.
 *
 * All of this runs with the GIL held. What it gives is to be released, NULL
 * where there is none, without an exception.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_VALUES_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "languages/python/extension/python_api.h"
#include "languages/python/memory/kept_state.h"

struct block;

/*
 * While no code runs, what is there stays there: renewed whenever Python code
 * was called, which may let others run.
 */
extern __attribute__((visibility("hidden"))) uint64_t values_moment;

/* Those of places_start(). */
void values_start(
	PyObject *function, PyObject *attributes_of, PyObject *wrappers);

/* Calls what was handed over at the start. */
PyObject *values_ask(PyObject *function, PyObject *value);

/* A dict of the names that a class, an object or a function has, or a dict. */
PyObject *values_names(enum kept_kind kind, PyObject *object);

/*
 * A number that is another one as soon as any of these names has another
 * value. 0: none is known.
 */
uint64_t values_version(enum kept_kind kind, PyObject *object);
PyObject *values_by_key(enum kept_kind kind, PyObject *object, PyObject *key);

/*
 * By its number what is in a list, a dict, a function (what it closes over,
 * then its defaults) or a wrapper, which has one.
 */
PyObject *values_at(enum kept_kind kind, PyObject *object, ssize_t number);

/* Whether a container is gone through. */
bool values_are_few(PyObject *container, enum kept_kind kind);

/* How many are in a list, or a tuple; and in a function, of both sorts. */
ssize_t values_in_list(PyObject *list);
ssize_t values_in_function(PyObject *function, ssize_t *cells);

/* Never NULL; that of other code has no number. */
struct block *values_block(PyObject *code);
struct block *values_block_of(PyObject *function);

#endif
