/* SPDX-License-Identifier: MIT */
/* What Python code may ask for only with an audit event, asked without one. */
#ifndef FTRACE_LANGUAGES_PYTHON_EXTENSION_QUIET_H
#define FTRACE_LANGUAGES_PYTHON_EXTENSION_QUIET_H

#include "languages/python/extension/python_api.h"

/* identity(object): what id() gives. */
PyObject *quiet_identity(PyObject *self, PyObject *object);

/* caller(depth), code_of(frame): the same of sys._getframe() and f_code. */
PyObject *quiet_caller(PyObject *self, PyObject *depth);
PyObject *quiet_code_of(PyObject *self, PyObject *frame);

#endif
