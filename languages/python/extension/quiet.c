/* SPDX-License-Identifier: MIT */
#include "languages/python/extension/quiet.h"

#include <stddef.h>

PyObject *quiet_identity(PyObject *self, PyObject *object)
{
	(void)self;
	return PyLong_FromVoidPtr(object);
}

PyObject *quiet_caller(PyObject *self, PyObject *depth)
{
	PyObject *frame = PyEval_GetFrame(), *back;
	long count = PyLong_AsLong(depth);

	(void)self;
	Py_IncRef(frame);
	while (frame && count-- > 0) {
		back = PyFrame_GetBack(frame);
		Py_DecRef(frame);
		frame = back;
	}
	if (!frame)
		PyErr_SetString(PyExc_TypeError, "no such frame");
	return frame;
}

PyObject *quiet_code_of(PyObject *self, PyObject *frame)
{
	(void)self;
	if (type_of(frame) == &PyFrame_Type)
		return PyFrame_GetCode(frame);
	PyErr_SetString(PyExc_TypeError, "no frame");
	return NULL;
}
