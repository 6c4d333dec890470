/* SPDX-License-Identifier: MIT */
/*
 * What the memory of a module looks like, for ftrace_pytest_memory.py: one
 * number for all that some objects lead to. Runs no code of the objects' own.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_WALK_H
#define FTRACE_ADAPTERS_PYTEST_WALK_H

#include "adapters/pytest/python_api.h"

/*
 * walk_start(kinds, kind_of, leads_on, get_referents): kinds are pairs of a
 * type and what to make of its objects, as below; kind_of(type) tells that of
 * any. leads_on(class, name) is whether a class is to be followed.
 * get_referents is gc's.
 */
PyObject *walk_start(PyObject *self, PyObject *args);

/* The numbers are those of ftrace_pytest_memory.py. */
enum walk_kind {
	WALK_NOTHING,
	WALK_VALUE,
	WALK_LEAF,
	WALK_INNER,
	WALK_CONTAINER,
	WALK_FUNCTION,
	WALK_CLASS,
	WALK_FOREIGN /* of sight.c: an object of somebody else's class */
};

/*
 * walk(lists, known, name, most): a tuple of a number for each list, of what
 * its objects lead to and those of the lists before do not, and how many
 * objects that took. One less, without that of a list, where there are more
 * than so many. Known are objects where it ends.
 */
PyObject *walk(PyObject *self, PyObject *args);

#endif
