/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_values.h"

#include "languages/python/entered/blocks.h"
#include "languages/python/memory/types.h"
#include "languages/python/memory/versions.h"

uint64_t values_moment = 1;

static PyObject *attributes_of, *wrappers;

/* Where functions have their attributes; 0: unknown. */
static long function_names;

static long find_function_names(PyObject *function)
{
	PyObject *type = PyObject_Type(function);
	PyObject *number = PyObject_GetAttrString(type, "__dictoffset__");
	PyObject *names = PyObject_GetAttrString(function, "__dict__");
	long offset = number ? PyLong_AsLong(number) : 0;

	if (offset <= 0 || *(PyObject **)((char *)function + offset) != names)
		offset = 0;
	PyErr_Clear();
	Py_DecRef(names);
	Py_DecRef(number);
	Py_DecRef(type);
	return offset;
}

void values_start(PyObject *function, PyObject *attributes, PyObject *inside)
{
	attributes_of = attributes;
	wrappers = inside;
	function_names = find_function_names(function);
	versions_start();
}

PyObject *values_ask(PyObject *function, PyObject *value)
{
	PyObject *answer = PyObject_CallFunctionObjArgs(function, value, NULL);

	values_moment++;
	PyErr_Clear();
	return answer;
}

static PyObject *names_of_object(PyObject *object)
{
	PyObject *names = PyObject_GenericGetDict(object, NULL);

	if (names)
		return names;
	PyErr_Clear();
	names = values_ask(attributes_of, object);
	if (names && kept_kind_of(names) == KEPT_DICT)
		return names;
	PyErr_Clear();
	Py_DecRef(names);
	return NULL;
}

/* Without making any, as asking for them does. */
static PyObject *names_of_function(PyObject *function)
{
	PyObject *names = NULL;

	if (function_names)
		names = *(PyObject **)((char *)function + function_names);
	if (names)
		Py_IncRef(names);
	return names;
}

PyObject *values_names(enum kept_kind kind, PyObject *object)
{
	PyObject *names = object;

	if (kind == KEPT_OBJECT)
		return names_of_object(object);
	if (kind == KEPT_FUNCTION)
		return names_of_function(object);
	if (kind == KEPT_CLASS)
		names = types_names(object);
	else if (kind != KEPT_DICT)
		return NULL;
	if (names)
		Py_IncRef(names);
	return names;
}

static PyObject *element_of(PyObject *list, ssize_t number)
{
	PyObject *element = PyList_GetItem(list, number);

	if (!element) {
		PyErr_Clear();
		element = PyTuple_GetItem(list, number);
	}
	if (element)
		Py_IncRef(element);
	return element;
}

static PyObject *value_at(PyObject *dict, ssize_t number)
{
	PyObject *key, *value;
	ssize_t at = 0;

	while (PyDict_Next(dict, &at, &key, &value))
		if (number-- == 0) {
			Py_IncRef(value);
			return value;
		}
	return NULL;
}

static ssize_t count_of(PyObject *tuple)
{
	return tuple ? PyTuple_Size(tuple) : 0;
}

/* Not by what a class of the project says. */
ssize_t values_in_list(PyObject *list)
{
	ssize_t size = PyList_Size(list);

	if (size >= 0)
		return size;
	PyErr_Clear();
	return PyTuple_Size(list);
}

static PyObject *inside_function(PyObject *function, ssize_t number)
{
	PyObject *cells = PyFunction_GetClosure(function), *value;
	PyObject *defaults = PyFunction_GetDefaults(function);

	if (number < count_of(cells))
		return PyCell_Get(PyTuple_GetItem(cells, number));
	number -= count_of(cells);
	value = number < count_of(defaults) ? PyTuple_GetItem(defaults, number)
					    : NULL;
	if (value)
		Py_IncRef(value);
	return value;
}

static PyObject *inside_wrapper(PyObject *wrapper)
{
	PyObject *type = type_of(wrapper);

	for (ssize_t i = 0; i < PyTuple_Size(wrappers); i++) {
		PyObject *pair = PyTuple_GetItem(wrappers, i);

		if (PyTuple_GetItem(pair, 0) == type)
			return PyObject_GetAttrString(wrapper,
				PyBytes_AsString(PyTuple_GetItem(pair, 1)));
	}
	return NULL;
}

uint64_t values_version(enum kept_kind kind, PyObject *object)
{
	PyObject *names = NULL;
	uint64_t version;

	if (kind == KEPT_DICT)
		return versions_of(object, false);
	if (kind == KEPT_CLASS)
		names = types_names(object);
	if (names)
		return versions_of(names, false);
	if (kind != KEPT_OBJECT)
		return 0;
	names = PyObject_GenericGetDict(object, NULL);
	PyErr_Clear();
	version = names ? versions_of(names, true) : 0;
	Py_DecRef(names);
	return version;
}

PyObject *values_by_key(enum kept_kind kind, PyObject *object, PyObject *key)
{
	PyObject *names = values_names(kind, object);
	PyObject *value = names ? PyDict_GetItemWithError(names, key) : NULL;

	if (value)
		Py_IncRef(value);
	PyErr_Clear();
	Py_DecRef(names);
	return value;
}

bool values_are_few(PyObject *container, enum kept_kind kind)
{
	return (kind == KEPT_LIST
			       ? values_in_list(container)
			       : PyDict_Size(container)) <= KEPT_ELEMENTS_MOST;
}

PyObject *values_at(enum kept_kind kind, PyObject *object, ssize_t number)
{
	PyObject *value = NULL;

	if (kind == KEPT_LIST)
		value = element_of(object, number);
	else if (kind == KEPT_DICT)
		value = value_at(object, number);
	else if (kind == KEPT_FUNCTION)
		value = inside_function(object, number);
	else if (kind == KEPT_WRAPPER || kind == KEPT_CACHE)
		value = inside_wrapper(object);
	PyErr_Clear();
	return value;
}

ssize_t values_in_function(PyObject *function, ssize_t *cells)
{
	*cells = count_of(PyFunction_GetClosure(function));
	return *cells + count_of(PyFunction_GetDefaults(function));
}

struct block *values_block(PyObject *code)
{
	return blocks_of(code);
}

struct block *values_block_of(PyObject *function)
{
	PyObject *code = PyObject_GetAttrString(function, "__code__");
	struct block *block = code ? blocks_of(code) : &entries_foreign;

	PyErr_Clear();
	Py_DecRef(code);
	return block;
}
