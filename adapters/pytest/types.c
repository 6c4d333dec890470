/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/types.h"

#include <stddef.h>

#define IS_MADE (1ul << 9)        /* Py_TPFLAGS_HEAPTYPE */
#define HAS_REFERENTS (1ul << 14) /* Py_TPFLAGS_HAVE_GC */

/*
 * Where types have what is used of them, in every CPython of 64 bits from 3.9
 * on (Include/cpython/object.h), and what a slot is asked by.
 */
#define DICT_OFFSET 264
#define TRAVERSE_OFFSET 184
#define TP_TRAVERSE 71
#define IS_GC_OFFSET 328
#define TP_IS_GC 61

typedef int traverse(PyObject *object, types_visit *visit, void *data);
typedef int is_gc(PyObject *object);

static PyObject *names_of, *get_referents, *dunder_module;
static bool has_names, has_slots;

static void *field(PyObject *type, size_t offset)
{
	return *(void **)((char *)type + offset);
}

static bool has_slot(PyObject *type, size_t offset, int number)
{
	void *function = field(type, offset);

	return function && function == PyType_GetSlot(type, number);
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
	has_names = sizeof(void *) == 8 && field(class, DICT_OFFSET) == names;
	has_slots = has_names && PyType_GetSlot &&
		    has_slot(class, TRAVERSE_OFFSET, TP_TRAVERSE) &&
		    has_slot(class, IS_GC_OFFSET, TP_IS_GC);
	PyErr_Clear();
	return Py_BuildValue("");
}

PyObject *types_names(PyObject *class)
{
	PyObject *proxy, *list, *names = NULL;

	if (has_names)
		return field(class, DICT_OFFSET);
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
	names = field(class, DICT_OFFSET);
	name = names ? PyDict_GetItemWithError(names, dunder_module) : NULL;
	/* Anything can stand there. */
	return name && type_of(name) == type_of(dunder_module) ? name : NULL;
}

bool types_have_referents(void)
{
	return has_slots;
}

int types_referents(PyObject *object, types_visit *visit, void *data)
{
	PyObject *type = type_of(object);
	is_gc *has_any;
	traverse *go;

	if (!(PyType_GetFlags(type) & HAS_REFERENTS))
		return 0;
	/* Classes that are not made by Python code have none. */
	has_any = (is_gc *)field(type, IS_GC_OFFSET);
	if (has_any && !has_any(object))
		return 0;
	go = (traverse *)field(type, TRAVERSE_OFFSET);
	return go ? go(object, visit, data) : 0;
}
