/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/sight.h"

#include <stddef.h>

#include "adapters/pytest/changes.h"
#include "adapters/pytest/types.h"
#include "adapters/pytest/walk.h"

#define TYPES 1024u /* of the table of types, which may be overwritten */

/* Of what has more elements only the number is looked at. */
#define ELEMENTS_MOST 16

#define IS_LIST (1ul << 25) /* Py_TPFLAGS_LIST_SUBCLASS and so on */
#define IS_TUPLE (1ul << 26)
#define IS_DICT (1ul << 29)
#define IS_CLASS (1ul << 31)

static PyObject *kind_of, *cache_type, *function_type, *module_type;
static PyObject *wrappers, *get_referents, *slots_of;
static PyObject *paths_of;

/* What was made of a type; its module, which is held, tells it from others. */
static struct decided {
	PyObject *type, *module;
	unsigned long base; /* which of Python's containers it is */
	enum sight sight;
} types[TYPES];

static uint64_t mix(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ (sum >> 29);
}

static enum sight decide(PyObject *type)
{
	unsigned long flags = PyType_GetFlags(type);
	PyObject *answer;
	long kind;

	if (type == cache_type)
		return SIGHT_CACHE;
	if (type == function_type)
		return SIGHT_FUNCTION;
	if (type == module_type)
		return SIGHT_NOTHING;
	for (ssize_t i = 0; i < PyTuple_Size(wrappers); i++)
		if (PyTuple_GetItem(wrappers, i) == type)
			return SIGHT_WRAPPED;
	if (flags & (IS_LIST | IS_DICT))
		return SIGHT_SIZE;
	answer = PyObject_CallFunctionObjArgs(kind_of, type, NULL);
	kind = answer ? PyLong_AsLong(answer) : WALK_NOTHING;
	Py_DecRef(answer);
	PyErr_Clear();
	if (kind == WALK_CONTAINER)
		return SIGHT_SIZE;
	if (kind == WALK_VALUE)
		return SIGHT_VALUE;
	if (kind == WALK_FOREIGN)
		return SIGHT_FOREIGN;
	return kind == WALK_INNER ? SIGHT_OBJECT : SIGHT_NOTHING;
}

/*
 * Where a type has its place in the table, which may be another's. A class can
 * be freed, and another one come to lie there: that is told by what it is of.
 */
static struct decided *place_of(PyObject *type, struct decided *found)
{
	unsigned long flags = PyType_GetFlags(type);

	found->type = type;
	found->module = types_module(type);
	found->base = flags & (IS_LIST | IS_TUPLE | IS_DICT);
	return &types[(size_t)mix(0, (uintptr_t)type) % TYPES];
}

/* SIGHT_CLASS, what the table has, or 0: it has to be decided. */
static enum sight known_sight(PyObject *type)
{
	const struct decided *known;
	struct decided found;

	/* Never by a table, in which another type may have lain there. */
	if (PyType_GetFlags(type) & IS_CLASS)
		return SIGHT_CLASS;
	known = place_of(type, &found);
	return known->type == type && known->module == found.module &&
			       known->base == found.base
		       ? known->sight
		       : 0;
}

bool sight_is_known(PyObject *value, enum sight sight)
{
	return known_sight(type_of(value)) == sight;
}

enum sight sight_of(PyObject *value)
{
	PyObject *type = type_of(value), *before;
	enum sight sight = known_sight(type);
	struct decided *known, found;

	if (sight)
		return sight;
	sight = decide(type);
	known = place_of(type, &found);
	before = known->module;
	*known = found;
	known->sight = sight;
	Py_IncRef(known->module);
	Py_DecRef(before);
	return sight;
}

/* How much one of Python's containers holds, without asking an override. */
static uint64_t size_of(PyObject *value, unsigned long flags)
{
	ssize_t size;

	if (flags & IS_DICT)
		size = PyDict_Size(value);
	else if (flags & IS_LIST)
		size = PyList_Size(value);
	else
		size = PyObject_Size(value);
	return (uint64_t)size;
}

static uint64_t sum_of_size(PyObject *value, bool inner);
static uint64_t sum_of_cache(PyObject *cache);

/* What the attributes of an object in a table are, and how much they hold. */
static uint64_t sum_of_object(PyObject *object)
{
	PyObject *names = sight_attributes(object), *key, *each;
	uint64_t sum = 0;
	ssize_t at = 0;

	while (names && PyDict_Next(names, &at, &key, &each)) {
		sum = mix(sum, (uintptr_t)each);
		if (sight_of(each) == SIGHT_SIZE)
			sum = mix(sum,
				size_of(each, PyType_GetFlags(type_of(each))));
	}
	PyErr_Clear();
	Py_DecRef(names);
	return sum;
}

/* To look may free memory, and so run code that drops the element. */
static uint64_t mix_element(uint64_t sum, PyObject *each, bool inner)
{
	sum = mix(sum, (uintptr_t)each);
	if (inner)
		return sum;
	Py_IncRef(each);
	switch (sight_of(each)) {
	case SIGHT_SIZE:
		sum = mix(sum, sum_of_size(each, true));
		break;
	case SIGHT_CACHE:
		sum = mix(sum, sum_of_cache(each));
		break;
	case SIGHT_OBJECT:
		sum = mix(sum, sum_of_object(each));
		break;
	default:
		break;
	}
	Py_DecRef(each);
	return sum;
}

/* Little of what is small has more referents. */
struct referents {
	PyObject *objects[ELEMENTS_MOST * 4];
	size_t count;
};

static int add_referent(PyObject *object, void *data)
{
	struct referents *found = data;

	if (found->count == sizeof(found->objects) / sizeof(*found->objects))
		return 1;
	found->objects[found->count++] = object;
	return 0;
}

/* The same of a set or a deque, which cannot be asked for what they have. */
static uint64_t mix_referents(uint64_t sum, PyObject *value, bool inner)
{
	struct referents found;
	PyObject *list;

	found.count = 0;
	if (types_have_referents() &&
		!types_referents(value, add_referent, &found)) {
		for (size_t i = 0; i < found.count; i++)
			Py_IncRef(found.objects[i]);
		for (size_t i = 0; i < found.count; i++)
			sum = mix_element(sum, found.objects[i], inner);
		for (size_t i = 0; i < found.count; i++)
			Py_DecRef(found.objects[i]);
		return sum;
	}
	list = PyObject_CallFunctionObjArgs(get_referents, value, NULL);
	for (ssize_t i = 0; list && i < PyList_Size(list); i++)
		sum = mix_element(sum, PyList_GetItem(list, i), inner);
	PyErr_Clear();
	Py_DecRef(list);
	return sum;
}

/* Where one is in the elements of a list, a tuple or a dict. */
struct elements {
	PyObject *value;
	unsigned long flags;
	ssize_t at; /* of a dict as PyDict_Next() counts */
};

/* The next one, not held; NULL: that was all. */
static PyObject *next_element(struct elements *elements)
{
	PyObject *value = elements->value, *key, *each = NULL;

	if (elements->flags & IS_DICT)
		return PyDict_Next(value, &elements->at, &key, &each) ? each
								      : NULL;
	if (elements->flags & IS_LIST)
		return elements->at < PyList_Size(value)
			       ? PyList_GetItem(value, elements->at++)
			       : NULL;
	return elements->at < PyTuple_Size(value)
		       ? PyTuple_GetItem(value, elements->at++)
		       : NULL;
}

/* The size, and of little ones what is in them, and how much these hold. */
static uint64_t sum_of_size(PyObject *value, bool inner)
{
	unsigned long flags = PyType_GetFlags(type_of(value));
	struct elements elements = {value, flags, 0};
	uint64_t size = size_of(value, flags), sum = mix(0, size);
	PyObject *each;

	if (size > ELEMENTS_MOST)
		return sum;
	if (!(flags & (IS_LIST | IS_DICT | IS_TUPLE)))
		return mix_referents(sum, value, inner);
	/* To look may run code, which may put more there. */
	for (uint64_t i = 0; i < size && (each = next_element(&elements)); i++)
		sum = mix_element(sum, each, inner);
	return sum;
}

/* Whether there is nothing to look into in an element. */
static bool is_plain(PyObject *each)
{
	enum sight sight = known_sight(type_of(each));

	return sight && sight != SIGHT_SIZE && sight != SIGHT_CACHE &&
	       sight != SIGHT_OBJECT;
}

bool sight_has_plain_sum(PyObject *value, uint64_t sum)
{
	unsigned long flags = PyType_GetFlags(type_of(value));
	struct elements elements = {value, flags, 0};
	uint64_t size, found;
	PyObject *each;

	if (!(flags & (IS_LIST | IS_DICT | IS_TUPLE)))
		return false;
	size = size_of(value, flags);
	found = mix(0, size);
	if (size > ELEMENTS_MOST)
		return found == sum;
	while ((each = next_element(&elements))) {
		if (!is_plain(each))
			return false;
		found = mix(found, (uintptr_t)each);
	}
	return found == sum;
}

/* How often a cache had no answer, and how many it keeps. */
static uint64_t sum_of_cache(PyObject *cache)
{
	PyObject *ask = PyObject_GetAttrString(cache, "cache_info");
	PyObject *info = ask ? PyObject_CallFunctionObjArgs(ask, NULL) : NULL;
	uint64_t sum = 0;

	for (ssize_t i = 1; info && i <= 3; i += 2)
		sum = mix(
			sum, (uint64_t)PyObject_Hash(PyTuple_GetItem(info, i)));
	PyErr_Clear();
	Py_DecRef(info);
	Py_DecRef(ask);
	return sum;
}

PyObject *sight_attributes(PyObject *object)
{
	PyObject *names = PyObject_GenericGetDict(object, NULL);

	PyErr_Clear();
	if (names)
		return names;
	names = PyObject_CallFunctionObjArgs(slots_of, object, NULL);
	PyErr_Clear();
	if (names && !(PyType_GetFlags(type_of(names)) & IS_DICT)) {
		Py_DecRef(names);
		names = NULL;
	}
	return names;
}

PyObject *sight_same_attributes(PyObject *object)
{
	PyObject *names;

	/* Up to 3.11 a dict that has to be made may have garbage collected. */
	if (!&Py_Version || Py_Version < 0x030c0000)
		return NULL;
	names = PyObject_GenericGetDict(object, NULL);
	PyErr_Clear();
	return names;
}

PyObject *sight_paths(PyObject *value)
{
	PyObject *paths = PyObject_CallFunctionObjArgs(paths_of, value, NULL);

	PyErr_Clear();
	return paths;
}

bool sight_is_module(PyObject *value)
{
	return type_of(value) == module_type;
}

bool sight_is_of(PyObject *value, enum sight sight, PyObject *module)
{
	PyObject *names = NULL, *text = NULL;
	bool is;

	if (!module)
		return sight != SIGHT_CLASS;
	if (sight == SIGHT_CLASS)
		names = types_names(value);
	if (names)
		text = PyDict_GetItemString(names, "__module__");
	Py_IncRef(text);
	if (sight != SIGHT_CLASS)
		text = PyObject_GetAttrString(value, "__module__");
	is = text && PyObject_RichCompareBool(text, module, IS_EQUAL) == 1;
	PyErr_Clear();
	Py_DecRef(text);
	return is;
}

PyObject *sight_unwrap(PyObject *value)
{
	PyObject *inner = PyObject_GetAttrString(value, "__func__");

	PyErr_Clear();
	if (!inner)
		inner = PyObject_GetAttrString(value, "fget");
	PyErr_Clear();
	return inner;
}

bool sight_has_inside(PyObject *function)
{
	PyObject *defaults = PyFunction_GetDefaults(function);
	ssize_t count = defaults ? PyTuple_Size(defaults) : 0;

	for (ssize_t i = 0; i < count; i++)
		if (sight_of(PyTuple_GetItem(defaults, i)) == SIGHT_SIZE)
			return true;
	return PyFunction_GetClosure(function) != NULL;
}

static uint64_t sum_of_function(PyObject *function)
{
	PyObject **names;

	if (changes_none_on(function))
		return 0;
	names = _PyObject_GetDictPtr ? _PyObject_GetDictPtr(function) : NULL;
	return names && *names ? sum_of_size(*names, false) : 0;
}

uint64_t sight_sum(PyObject *value, enum sight sight)
{
	switch (sight) {
	case SIGHT_SIZE:
		return sum_of_size(value, false);
	case SIGHT_CACHE:
		return sum_of_cache(value);
	case SIGHT_FUNCTION:
	case SIGHT_CLOSURE:
		return sum_of_function(value);
	default:
		return 0;
	}
}

bool sight_start(PyObject *args)
{
	PyObject *probe, *probe_names, *function;

	if (!PyArg_ParseTuple(args, "OOOOOOOOOOO", &kind_of, &cache_type,
		    &function_type, &module_type, &wrappers, &get_referents,
		    &probe, &probe_names, &function, &slots_of, &paths_of))
		return false;
	changes_start(function, probe, probe_names);
	return PyFunction_GetClosure && PyFunction_GetDefaults && PyCell_Get &&
	       PyObject_GenericGetDict;
}
