/* SPDX-License-Identifier: MIT */
/*
 * What the memory of a module looks like, for ftrace_pytest_memory.py: one
 * number for all that some objects lead to. Runs no code of the objects' own.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_WALK_H
#define FTRACE_ADAPTERS_PYTEST_WALK_H

#include "adapters/pytest/python_api.h"

/*
 * walk_start(kinds, busy, framework, module type, called, wrappers): kinds are
 * pairs of a type and what to make of its objects, as below. Objects of classes
 * of the busy modules, and of those below the packages of a framework, are
 * leaves. Both are tuples of names as bytes. Called are types whose objects are
 * called without entering a function of the file they stand in; the first is
 * that of functions. Wrappers are pairs of a type and the name of what its
 * objects have inside. types_start() comes first.
 */
PyObject *walk_start(PyObject *self, PyObject *args);

/* kind_of(type): what to make of the objects of a type, as a number. */
PyObject *walk_kind_of(PyObject *self, PyObject *type);

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
 * walk_sort(names, globals, private, hiding, bare, skipped, reached, hidden):
 * adds what the names of a dict or a class stand for to one of the two lists.
 * Hidden is what is private, as all of them are or, where names hide, those
 * that begin with _; but of a function it is whether it has these globals, and
 * what is called without entering one of theirs never is. Left out are the
 * names in the set and, of a bare dict, those that Python gives. Gives a list
 * of the classes, each with whether it is private, and adds none of them.
 */
PyObject *walk_sort(PyObject *self, PyObject *args);

/*
 * walk(reached, hidden, known, name, most): two numbers for what the objects of
 * the one list lead to, and what those of the other lead to besides, and how
 * many objects that took. None in place of the numbers where there are more
 * than so many. Known are objects where it ends. Holds nothing and runs nothing
 * meanwhile.
 */
PyObject *walk(PyObject *self, PyObject *args);

#endif
