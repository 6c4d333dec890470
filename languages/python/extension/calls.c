/* SPDX-License-Identifier: MIT */
#include "languages/python/extension/calls.h"

#include <stddef.h>

#include "languages/python/entered/entries.h"

PyObject *calls_on(PyObject *callable, PyObject *const *args, ssize_t count,
	PyObject *names)
{
	ssize_t named = names ? PyTuple_Size(names) : 0;
	PyObject *result, *dict = NULL;

	if (PyObject_Vectorcall)
		return PyObject_Vectorcall(
			callable, args, (size_t)count, names);
	/* Up to 3.10 it is no function of the library. */
	if (named)
		dict = Py_BuildValue("{}");
	for (ssize_t i = 0; dict && i < named; i++)
		if (PyDict_SetItem(
			    dict, PyTuple_GetItem(names, i), args[count + i])) {
			Py_DecRef(dict);
			return NULL;
		}
	if (named && !dict)
		return NULL;
	result = PyObject_VectorcallDict(callable, args, (size_t)count, dict);
	Py_DecRef(dict);
	return result;
}

PyObject *calls_argument(PyObject *const *args, ssize_t count, PyObject *names,
	ssize_t place, const char *name)
{
	ssize_t named = names ? PyTuple_Size(names) : 0;

	if (place < count)
		return args[place];
	for (ssize_t i = 0; i < named; i++)
		if (!PyUnicode_CompareWithASCIIString(
			    PyTuple_GetItem(names, i), name))
			return args[count + i];
	return NULL;
}

int calls_forgive(void)
{
	if (!PyErr_ExceptionMatches(PyExc_Exception))
		return -1;
	PyErr_Clear();
	entries_say("/@ftrace/outcome/lost");
	return 0;
}
