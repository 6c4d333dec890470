/* SPDX-License-Identifier: MIT */
/*
 * What a value in memory is like, as one number: two looks that give the same
 * found nothing new. Runs no code of the project and holds nothing.
 *
 * Of a plain value it is the value; of a container how much it holds and, up to
 * 16, what, with how much that holds; of what functools.lru_cache made how much
 * it has computed; of anything else which object it is.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_STATE_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_KEPT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "languages/python/extension/python_api.h"

/* Containers of more are not gone through. */
#define KEPT_ELEMENTS_MOST 16

/* What has other values in it, that kept_places.c looks at one by one. */
enum kept_kind {
	KEPT_LEAF,
	KEPT_MODULE, /* nobody keeps anything there by having it */
	KEPT_DICT,
	KEPT_LIST, /* and tuples */
	KEPT_FUNCTION,
	KEPT_WRAPPER, /* of a function: a property, a bound method */
	KEPT_CACHE,
	KEPT_CLASS,
	KEPT_OBJECT
};

/*
 * Takes the types that it has to know: those of plain values, of sets, of
 * functools.lru_cache, of functions, of modules, and tuples of all wrappers.
 * Keeps what is in the tuple. False: it is not as expected.
 */
bool kept_state_start(PyObject *types);

enum kept_kind kept_kind_of(PyObject *value);

/* For how long the same object is in the same state. */
enum kept_rest {
	KEPT_NOW,
	KEPT_WHILE_SAME, /* as long as the dict that it is does not change */
	KEPT_ALWAYS
};

/* Never 0, which stands for what is not there. rest may be NULL. */
uint64_t kept_state_of(PyObject *value, enum kept_rest *rest);

#endif
