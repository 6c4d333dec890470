/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/types.h"

#include <stddef.h>

#define IS_MADE (1ul << 9) /* Py_TPFLAGS_HEAPTYPE */

/*
 * Where types have what is used of them, in every CPython of 64 bits from 3.9
 * on (Include/cpython/object.h).
 */
#define DICT_OFFSET 264

static PyObject *names_of, *get_referents, *dunder_module;
static bool has_names;

static void *types_field(PyObject *type, size_t offset)
{
	return *(void **)((char *)type + offset);
}

PyObject *types_start(PyObject *self, PyObject *args)
{
	PyObject *class, *names;

	(void)self;
	if (!PyArg_ParseTuple(
		    args, "OOOO", &class, &names, &names_of, &get_referents))
		return NULL;
	Py_IncRef(args);
	dunder_module = PyUnicode_InternFromString("__module__");
	has_names =
		sizeof(void *) == 8 && types_field(class, DICT_OFFSET) == names;
	PyErr_Clear();
	return Py_BuildValue("");
}

PyObject *types_names(PyObject *class)
{
	PyObject *proxy, *list, *names = NULL;

	if (has_names)
		return types_field(class, DICT_OFFSET);
	proxy = PyObject_CallFunctionObjArgs(names_of, class, NULL);
	list = proxy ? PyObject_CallFunctionObjArgs(get_referents, proxy, NULL)
		     : NULL;
	if (list)
		names = PyList_GetItem(list, 0);
	PyErr_Clear();
	Py_DecRef(list);
	Py_DecRef(proxy);
	return names;
}

PyObject *types_module(PyObject *class)
{
	PyObject *names, *name;

	if (!has_names || !dunder_module || !(PyType_GetFlags(class) & IS_MADE))
		return NULL;
	names = types_field(class, DICT_OFFSET);
	name = names ? PyDict_GetItemWithError(names, dunder_module) : NULL;
	/* Anything can stand there. */
	return name && type_of(name) == type_of(dunder_module) ? name : NULL;
}
