/* SPDX-License-Identifier: MIT */
/*
 * Whether a dict, or what was put on a function, was changed: what CPython
 * itself keeps of that, so that what did not change need not be gone through.
 *
 * Up to 3.13 each dict has a version, never the same twice, that each change
 * of it renews (PEP 509; ma_version_tag, Include/cpython/dictobject.h). Later
 * it has none, which is found out by trying.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_CHANGES_H
#define FTRACE_ADAPTERS_PYTEST_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "adapters/pytest/python_api.h"

/* A function that has no attributes, and the class of another's names. */
void changes_start(PyObject *function, PyObject *class, PyObject *names);

/*
 * What changes.c found out. A version lies behind the head of every object and
 * the number of names, with 64 bits.
 */
#define CHANGES_VERSION_OFFSET 24
extern __attribute__((visibility("hidden"))) bool changes_have_version;
extern __attribute__((visibility("hidden"))) long changes_names_offset;

/*
 * The version of a dict of a module or a class; 0: it has none. Not for the
 * names of other objects, which 3.13 changes without giving a version.
 */
static inline uint64_t changes_version(PyObject *dict)
{
	return changes_have_version
		       ? *(uint64_t *)((char *)dict + CHANGES_VERSION_OFFSET)
		       : 0;
}

/* True: nothing was ever put on this function. False: it may have been. */
static inline bool changes_none_on(PyObject *function)
{
	long offset = changes_names_offset;

	return offset && !*(PyObject **)((char *)function + offset);
}

#endif
