/* SPDX-License-Identifier: MIT */
/*
 * What modules keep in memory of what was computed: caches, tables that are
 * filled on first use, objects made on demand.
 *
 * Whoever finds a value there has not entered what computed it. So before the
 * scope in force changes, the modules of which it entered a function are
 * looked at, and what has something new is told, by the names that lead to it:
 * the globals of the module, the attributes of its classes and objects, what
 * its functions close over, how much containers hold, and what
 * functools.lru_cache has computed. Runs no code of the objects' own, and
 * holds none of them.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_KEPT_H
#define FTRACE_ADAPTERS_PYTEST_KEPT_H

#include <stdbool.h>

#include "adapters/pytest/python_api.h"

struct block;

/*
 * kept_start(told, later, seen by): told(path, names, holder) is called for
 * each thing that has something new; names is a tuple of those that lead to it,
 * outermost first; holder the function that it is the cache of, or told itself.
 * later() is called likewise where it is of a scope that is not in force, and
 * with nothing when it is again. The other argument is that of sight_start().
 */
PyObject *kept_start(PyObject *self, PyObject *args);

/*
 * keep(path, globals): a module was loaded from the source at that path. With
 * an empty path: values that are nobody's globals, and are looked at whatever
 * was entered. Without any names: they are looked at no more.
 */
PyObject *kept_keep(PyObject *self, PyObject *args);

/* attributes(object): a dict of them, or None for it can have none. */
PyObject *kept_attributes(PyObject *self, PyObject *object);

/*
 * These blocks were entered. Returns 0, or -1 when not all could be told.
 *
 * Waits: a module is about to be loaded in the middle of the scope, which will
 * go on. What it has in memory meanwhile is nobody's who comes later, unless
 * the module's code, or what is entered until then, may look at it. So the look
 * can wait until the scope goes on and another one begins, or it ends.
 */
int kept_look(struct block *const *entered, unsigned count, bool waits);

/* So many blocks were entered that they were said before the scope changes. */
void kept_said(struct block *const *entered, unsigned count);

/*
 * apart(path, whether): the code of that source is about to run, and may look
 * at nothing that others have, or at anything. Then what waits to be looked at
 * waits no more; what is new is told when the scope goes on.
 */
PyObject *kept_apart(PyObject *self, PyObject *args);

#endif
