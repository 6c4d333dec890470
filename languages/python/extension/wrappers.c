/* SPDX-License-Identifier: MIT */
#include "languages/python/extension/wrappers.h"

#include <stddef.h>
#include <sys/types.h>

#include "languages/python/extension/calls.h"

static PyObject *around_call(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	PyObject *done, *none, *result, *token;
	PyObject *type = NULL, *value = NULL, *trace = NULL;

	token = calls_on(PyTuple_GetItem(self, 1), args, count, names);
	if (!token && calls_forgive())
		return NULL;
	result = calls_on(PyTuple_GetItem(self, 0), args, count, names);
	if (!token)
		return result;
	if (!result)
		PyErr_Fetch(&type, &value, &trace);
	none = Py_BuildValue("");
	done = calls_on(PyTuple_GetItem(self, 2),
		(PyObject *[]){token, result ? result : none}, 2, NULL);
	Py_DecRef(none);
	Py_DecRef(token);
	if (!done && calls_forgive()) {
		Py_DecRef(result);
		Py_DecRef(type);
		Py_DecRef(value);
		Py_DecRef(trace);
		return NULL;
	}
	Py_DecRef(done);
	if (!result)
		PyErr_Restore(type, value, trace);
	return result;
}

static struct method_def around_def = {
	"wrapped", METHOD(around_call), METH_FASTCALL | METH_KEYWORDS, NULL};

PyObject *wrappers_around(PyObject *self, PyObject *args)
{
	(void)self;
	if (PyTuple_Size(args) != 3) {
		PyErr_SetString(PyExc_TypeError, "around takes 3 arguments");
		return NULL;
	}
	return PyCFunction_NewEx(&around_def, args, NULL);
}

static PyObject *sift_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
	PyObject *kept, *result;
	int keep = 1;

	result = PyObject_Call(PyTuple_GetItem(self, 0), args, kwargs);
	if (!result)
		return NULL;
	kept = PyObject_CallFunctionObjArgs(
		PyTuple_GetItem(self, 1), result, NULL);
	if (kept)
		keep = PyObject_IsTrue(kept);
	if ((!kept || keep < 0) && calls_forgive()) {
		Py_DecRef(result);
		return NULL;
	}
	Py_DecRef(kept);
	if (keep)
		return result;
	Py_DecRef(result);
	return Py_BuildValue("");
}

static struct method_def sift_def = {
	"wrapped", METHOD(sift_call), METH_VARARGS | METH_KEYWORDS, NULL};

PyObject *wrappers_sift(PyObject *self, PyObject *args)
{
	(void)self;
	if (PyTuple_Size(args) != 2) {
		PyErr_SetString(PyExc_TypeError, "sift takes 2 arguments");
		return NULL;
	}
	return PyCFunction_NewEx(&sift_def, args, NULL);
}

PyObject *wrappers_method(PyObject *self, PyObject *function)
{
	(void)self;
	if (!PyInstanceMethod_New) {
		PyErr_SetString(PyExc_TypeError, "no instance methods");
		return NULL;
	}
	return PyInstanceMethod_New(function);
}
