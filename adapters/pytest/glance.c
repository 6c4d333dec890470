/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/glance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/pytest/types.h"

#define TYPES 16
#define IS_CLASS (1ul << 31) /* Py_TPFLAGS_TYPE_SUBCLASS */

struct types {
	PyObject *type[TYPES];
	ssize_t count;
};

static struct types plain, containers;
static PyObject *cache_type;
static PyObject *dunder_dict, *dunder_module, *dunder_name;

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

/* To look at a cache may free memory, and so run code that drops it. */
static bool add_held(struct sums *sums, uint64_t *sum, PyObject *value)
{
	bool all;

	Py_IncRef(value);
	all = add_value(sums, sum, value);
	Py_DecRef(value);
	return all;
}

static void add_attributes(struct sums *sums, uint64_t *sum, PyObject *names)
{
	PyObject *key, *value;
	ssize_t at = 0;

	while (PyDict_Next(names, &at, &key, &value))
		(void)add_held(sums, sum, value);
}

static void add_class(struct sums *sums, uint64_t *sum, PyObject *class)
{
	PyObject *names = types_names(class);
	PyObject *module =
		names ? PyDict_GetItemWithError(names, dunder_module) : NULL;

	if (module && sums->module &&
		(module == sums->module ||
			PyObject_RichCompareBool(
				module, sums->module, IS_EQUAL) == 1))
		add_attributes(sums, sum, names);
	PyErr_Clear();
}

/* The attributes are got by what the type has for that. */
static void add_object(struct sums *sums, uint64_t *sum, PyObject *object)
{
	PyObject *names = types_names(type_of(object));
	PyObject *own =
		names ? PyDict_GetItemWithError(names, dunder_dict) : NULL;
	PyObject *get = own ? PyObject_GetAttrString(own, "__get__") : NULL;
	PyObject *found =
		get ? PyObject_CallFunctionObjArgs(get, object, NULL) : NULL;

	if (found && type_of(found) == containers.type[0])
		add_attributes(sums, sum, found);
	PyErr_Clear();
	Py_DecRef(found);
	Py_DecRef(get);
}

/* Whether a name hides what it stands for, and whether Python gives it. */
static bool hides(PyObject *name, bool *special)
{
	ssize_t size = 0;
	const char *text = NULL;

	if (type_of(name) == type_of(dunder_dict))
		text = PyUnicode_AsUTF8AndSize(name, &size);
	PyErr_Clear();
	*special = size > 4 && text[0] == '_' && text[1] == '_' &&
		   text[size - 1] == '_' && text[size - 2] == '_';
	return size && text[0] == '_';
}

static void add_global(struct sums *sums, PyObject *name, PyObject *value)
{
	bool special, hidden = hides(name, &special);
	uint64_t *sum = hidden ? &sums->hidden : &sums->reached;

	if (special || add_value(sums, sum, value))
		return;
	if (PyType_GetFlags(type_of(value)) & IS_CLASS)
		add_class(sums, sum, value);
	else
		add_object(sums, sum, value);
}

PyObject *glance(PyObject *self, PyObject *names)
{
	struct sums sums = {0, 0, NULL};
	PyObject *name, *value;
	ssize_t at = 0;

	(void)self;
	sums.module = PyDict_GetItemWithError(names, dunder_name);
	Py_IncRef(sums.module);
	while (PyDict_Next(names, &at, &name, &value)) {
		Py_IncRef(name);
		Py_IncRef(value);
		add_global(&sums, name, value);
		Py_DecRef(value);
		Py_DecRef(name);
	}
	Py_DecRef(sums.module);
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
	if (!PyArg_ParseTuple(
		    args, "OOO", &plain_types, &container_types, &cache_type))
		return NULL;
	dunder_dict = PyUnicode_InternFromString("__dict__");
	dunder_module = PyUnicode_InternFromString("__module__");
	dunder_name = PyUnicode_InternFromString("__name__");
	Py_IncRef(args);
	take(&plain, plain_types);
	take(&containers, container_types);
	return Py_BuildValue("");
}
