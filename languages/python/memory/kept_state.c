/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_state.h"

#include <stddef.h>

#include "languages/python/extension/mix.h"

/* Flags of types (Include/object.h). */
#define IS_LIST (1ul << 25)
#define IS_TUPLE (1ul << 26)
#define IS_DICT (1ul << 29)
#define IS_CLASS (1ul << 31)

#define TYPES_MOST 16

struct type_list {
	PyObject *types[TYPES_MOST];
	size_t count;
};

static struct type_list plain, sets, wrappers;
static PyObject *cache_type, *function_type, *module_type;

/* False: there are more than anybody handed in when this was written. */
static bool type_list_take(struct type_list *list, PyObject *types)
{
	ssize_t count = PyTuple_Size(types);

	for (ssize_t i = 0; i < count && i < TYPES_MOST; i++)
		list->types[list->count++] = PyTuple_GetItem(types, i);
	return count <= TYPES_MOST;
}

bool kept_state_start(PyObject *types)
{
	PyObject *ones, *others, *wrapping;

	return PyArg_ParseTuple(types, "OOOOOO", &ones, &others, &cache_type,
		       &function_type, &module_type, &wrapping) &&
	       type_list_take(&plain, ones) && type_list_take(&sets, others) &&
	       type_list_take(&wrappers, wrapping);
}

static bool is_one(const struct type_list *list, const PyObject *type)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->types[i] == type)
			return true;
	return false;
}

enum kept_kind kept_kind_of(PyObject *value)
{
	PyObject *type = type_of(value);
	unsigned long flags = PyType_GetFlags(type);

	if (flags & IS_CLASS)
		return KEPT_CLASS;
	if (flags & IS_DICT)
		return KEPT_DICT;
	if (flags & (IS_LIST | IS_TUPLE))
		return KEPT_LIST;
	if (type == function_type)
		return KEPT_FUNCTION;
	if (type == cache_type)
		return KEPT_CACHE;
	if (is_one(&plain, type) || is_one(&sets, type))
		return KEPT_LEAF;
	if (is_one(&wrappers, type))
		return KEPT_WRAPPER;
	return PyType_IsSubtype(type, module_type) ? KEPT_MODULE : KEPT_OBJECT;
}

/* Of the value that is looked at: nothing in it can change, but itself. */
static bool steady;

static uint64_t sum_of(PyObject *value, bool whole);

static uint64_t sum_of_dict(PyObject *dict, bool whole)
{
	ssize_t at = 0, size = PyDict_Size(dict);
	uint64_t sum = mix(IS_DICT, (uint64_t)size);
	PyObject *key, *value;

	steady &= whole;
	if (!whole || size > KEPT_ELEMENTS_MOST)
		return mix(sum, (uintptr_t)dict);
	while (PyDict_Next(dict, &at, &key, &value)) {
		sum = mix(sum, sum_of(key, false));
		sum = mix(sum, sum_of(value, false));
	}
	return sum;
}

static uint64_t sum_of_list(PyObject *list, bool whole, bool is_list)
{
	ssize_t size = is_list ? PyList_Size(list) : PyTuple_Size(list);
	uint64_t sum = mix(IS_LIST, (uint64_t)size);

	steady &= !is_list;
	if (!whole || size > KEPT_ELEMENTS_MOST)
		return mix(sum, (uintptr_t)list);
	for (ssize_t i = 0; i < size; i++)
		sum = mix(sum, sum_of(is_list ? PyList_GetItem(list, i)
					      : PyTuple_GetItem(list, i),
				       false));
	return sum;
}

/* And of a deque; by the iterators of Python's own types. */
static uint64_t sum_of_set(PyObject *set, bool whole)
{
	ssize_t size = PyObject_Size(set);
	uint64_t sum = mix((uintptr_t)type_of(set), (uint64_t)size);
	PyObject *iterator, *each;

	steady = false;
	if (!whole || size > KEPT_ELEMENTS_MOST)
		return mix(sum, (uintptr_t)set);
	iterator = PyObject_GetIter(set);
	while (iterator && (each = PyIter_Next(iterator))) {
		sum = mix(sum, sum_of(each, false));
		Py_DecRef(each);
	}
	Py_DecRef(iterator);
	return sum;
}

/* How often a cache had no answer, and how many it keeps. */
static uint64_t sum_of_cache(PyObject *cache)
{
	PyObject *ask = PyObject_GetAttrString(cache, "cache_info");
	PyObject *info = ask ? PyObject_CallFunctionObjArgs(ask, NULL) : NULL;
	uint64_t sum = (uintptr_t)cache;

	steady = false;
	for (ssize_t i = 1; info && i <= 3; i += 2)
		sum = mix(
			sum, (uint64_t)PyLong_AsLong(PyTuple_GetItem(info, i)));
	Py_DecRef(info);
	Py_DecRef(ask);
	return sum;
}

/* Whole: a container is what it holds, not which it is. */
static uint64_t sum_of(PyObject *value, bool whole)
{
	PyObject *type = type_of(value);
	unsigned long flags = PyType_GetFlags(type);

	if (is_one(&plain, type))
		return mix((uintptr_t)type, (uint64_t)PyObject_Hash(value));
	if (flags & IS_DICT)
		return sum_of_dict(value, whole);
	if (flags & (IS_LIST | IS_TUPLE))
		return sum_of_list(value, whole, flags & IS_LIST);
	if (is_one(&sets, type))
		return sum_of_set(value, whole);
	if (type == cache_type)
		return sum_of_cache(value);
	return (uintptr_t)value;
}

uint64_t kept_state_of(PyObject *value, enum kept_rest *rest)
{
	uint64_t sum;

	/* To look at a cache may free memory, and so run code that drops it. */
	Py_IncRef(value);
	steady = true;
	sum = sum_of(value, true);
	if (rest)
		*rest = !steady                            ? KEPT_NOW
			: kept_kind_of(value) == KEPT_DICT ? KEPT_WHILE_SAME
							   : KEPT_ALWAYS;
	Py_DecRef(value);
	PyErr_Clear();
	return sum ? sum : 1;
}
