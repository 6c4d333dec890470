/* SPDX-License-Identifier: MIT */
/*
 * The version of a dict: a number that Python changes with every change of the
 * dict, and that no two dicts share (PEP 509). Python 3.14 has none.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_MEMORY_VERSIONS_H
#define FTRACE_LANGUAGES_PYTHON_MEMORY_VERSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "languages/python/extension/python_api.h"

/* Finds out what this Python has, by trying. Raises nothing. */
void versions_start(void);

/*
 * 0: not known. Those of an object's attributes say nothing from 3.13 on, where
 * code stores them beside the dict.
 */
uint64_t versions_of(PyObject *dict, bool is_of_object);

#endif
