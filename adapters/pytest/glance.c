/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/glance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TYPES 16
#define IS_CLASS (1ul << 31) /* Py_TPFLAGS_TYPE_SUBCLASS */

struct types {
	PyObject *type[TYPES];
	ssize_t count;
};

static struct types plain, containers;
static PyObject *cache_type, *names_of;

struct sums {
	uint64_t reached, hidden;
	PyObject *module; /* its name, or NULL */
};

static void add(uint64_t *sum, uint64_t value)
{
	*sum = (*sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	*sum ^= *sum >> 29;
}

static bool is_one(const struct types *types, PyObject *type)
{
	for (ssize_t i = 0; i < types->count; i++)
		if (types->type[i] == type)
			return true;
	return false;
}

/* An entry of a mapping, NULL when there is none. */
static PyObject *entry(PyObject *mapping, const char *name)
{
	PyObject *found =
		mapping ? PyMapping_GetItemString(mapping, name) : NULL;

	if (!found)
		PyErr_Clear();
	return found;
}

/* How often a cache had no answer, and how many it keeps. */
static void add_cache(uint64_t *sum, PyObject *cache)
{
	PyObject *ask = PyObject_GetAttrString(cache, "cache_info");
	PyObject *info = ask ? PyObject_CallFunctionObjArgs(ask, NULL) : NULL;

	for (ssize_t i = 1; info && i <= 3; i += 2)
		add(sum, (uint64_t)PyObject_Hash(PyTuple_GetItem(info, i)));
	if (!info)
		PyErr_Clear();
	Py_DecRef(info);
	Py_DecRef(ask);
}

/* What is seen of a value without looking at attributes; true for all. */
static bool add_value(struct sums *sums, uint64_t *sum, PyObject *value)
{
	PyObject *type = type_of(value);

	add(sum, (uintptr_t)value);
	if (is_one(&plain, type))
		return true;
	if (type == cache_type)
		add_cache(&sums->reached, value);
	else if (is_one(&containers, type))
		add(sum, (uint64_t)PyObject_Size(value));
	else
		return false;
	return true;
}

static void add_attributes(struct sums *sums, uint64_t *sum, PyObject *names)
{
	PyObject *values = PyMapping_Values(names);

	if (!values)
		PyErr_Clear();
	for (ssize_t i = 0; values && i < PyList_Size(values); i++)
		(void)add_value(sums, sum, PyList_GetItem(values, i));
	Py_DecRef(values);
}

static void add_class(struct sums *sums, uint64_t *sum, PyObject *class)
{
	PyObject *names = PyObject_CallFunctionObjArgs(names_of, class, NULL);
	PyObject *module = entry(names, "__module__");

	if (module && sums->module &&
		PyObject_RichCompareBool(module, sums->module, IS_EQUAL) == 1)
		add_attributes(sums, sum, names);
	PyErr_Clear();
	Py_DecRef(module);
	Py_DecRef(names);
}

/* The attributes are got by what the type has for that. */
static void add_object(struct sums *sums, uint64_t *sum, PyObject *object)
{
	PyObject *names =
		PyObject_CallFunctionObjArgs(names_of, type_of(object), NULL);
	PyObject *own = entry(names, "__dict__");
	PyObject *get = own ? PyObject_GetAttrString(own, "__get__") : NULL;
	PyObject *found =
		get ? PyObject_CallFunctionObjArgs(get, object, NULL) : NULL;

	if (found && type_of(found) == containers.type[0])
		add_attributes(sums, sum, found);
	PyErr_Clear();
	Py_DecRef(found);
	Py_DecRef(get);
	Py_DecRef(own);
	Py_DecRef(names);
}

static void add_global(struct sums *sums, PyObject *name, PyObject *value)
{
	bool hides = PyUnicode_ReadChar(name, 0) == '_';
	uint64_t *sum = hides ? &sums->hidden : &sums->reached;
	ssize_t size = PyObject_Size(name);

	PyErr_Clear(); /* of a name that is empty or no text */
	if (hides && size > 4 && PyUnicode_ReadChar(name, 1) == '_' &&
		PyUnicode_ReadChar(name, size - 1) == '_' &&
		PyUnicode_ReadChar(name, size - 2) == '_')
		return;
	PyErr_Clear();
	if (add_value(sums, sum, value))
		return;
	if (PyType_GetFlags(type_of(value)) & IS_CLASS)
		add_class(sums, sum, value);
	else
		add_object(sums, sum, value);
}

PyObject *glance(PyObject *self, PyObject *names)
{
	struct sums sums = {0, 0, entry(names, "__name__")};
	PyObject *keys = PyMapping_Keys(names);
	PyObject *values = PyMapping_Values(names);
	ssize_t count = keys ? PyList_Size(keys) : 0;

	(void)self;
	/* Nothing runs between the two, so that they belong together. */
	for (ssize_t i = 0; values && i < count; i++)
		add_global(&sums, PyList_GetItem(keys, i),
			PyList_GetItem(values, i));
	Py_DecRef(sums.module);
	Py_DecRef(keys);
	Py_DecRef(values);
	PyErr_Clear();
	return Py_BuildValue("KK", sums.reached, sums.hidden);
}

static void take(struct types *types, PyObject *tuple)
{
	for (ssize_t i = 0; i < PyTuple_Size(tuple) && i < TYPES; i++)
		types->type[types->count++] = PyTuple_GetItem(tuple, i);
}

PyObject *glance_start(PyObject *self, PyObject *args)
{
	PyObject *plain_types, *container_types;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOOO", &plain_types, &container_types,
		    &cache_type, &names_of))
		return NULL;
	Py_IncRef(args);
	take(&plain, plain_types);
	take(&containers, container_types);
	return Py_BuildValue("");
}
