/* SPDX-License-Identifier: MIT */
/*
 * Reads of os.environ by name, heard of before they happen and without a
 * Python frame of ours on the stack.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_READING_VARIABLES_H
#define FTRACE_LANGUAGES_PYTHON_READING_VARIABLES_H

#include "languages/python/extension/python_api.h"

/*
 * reader(function, hear, class, module's name): makes a __getitem__ that first
 * calls hear with the same arguments, which tells what to make of the read: 0,
 * ask again; 1, it was said for the scope in force; 2, it never matters. Once.
 */
PyObject *variables_reader(PyObject *self, PyObject *args);

/* lister(the same, doc): makes a keys() in the same way. */
PyObject *variables_lister(PyObject *self, PyObject *args);

#endif
