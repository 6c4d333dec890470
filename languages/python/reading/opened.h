/* SPDX-License-Identifier: MIT */
/*
 * The interpreter's audit events: which files the project's code opens, for
 * memory/memo.py to see what is kept of them, and whether functions may be
 * entered unseen.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_READING_OPENED_H
#define FTRACE_LANGUAGES_PYTHON_READING_OPENED_H

#include <stdbool.h>

#include "languages/python/extension/python_api.h"

/* What is heard of. */
enum opened_kind { OPENED_READ, OPENED_LIST, OPENED_VARIABLE };

/*
 * Begins listening, for one interpreter, whose code objects are of that type.
 * False when that cannot be done.
 */
bool opened_start(void *interpreter, PyObject *type_of_code);

/* Why functions may be entered unseen, as the events tell it, or NULL. */
const char *opened_gap(void);

/*
 * hear_opened(function): it is called before project code opens a file for
 * reading, lists a directory or reads a variable, with the path or name as
 * bytes, the enum opened_kind, and the globals of the project's frames on the
 * stack, innermost first.
 */
PyObject *opened_hear(PyObject *self, PyObject *function);

/*
 * hear_walks(function): it is called before code gets hold of all objects, of
 * who refers to one, or of the frames of all threads.
 */
PyObject *opened_hear_walks(PyObject *self, PyObject *function);

/*
 * A variable is about to be read. Returns 0, or -1 with an exception that is
 * not ours to swallow.
 */
int opened_variable(PyObject *name);

#endif
