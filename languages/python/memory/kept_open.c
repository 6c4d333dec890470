/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_owner.h"

#include <stdlib.h>
#include <string.h>

#include "languages/python/entered/entries.h"
#include "languages/python/memory/kept_values.h"
#include "languages/python/memory/types.h"

/* What objects of a class have to be looked at. */
enum class_kind { NOTHING, OF_PROJECT, OF_OTHERS };

static PyObject *class_kind, *paths_of, *specials_of, *default_of, *anew_of;

void open_start(PyObject *kind, PyObject *paths, PyObject *specials,
	PyObject *inherited, PyObject *anew)
{
	class_kind = kind;
	paths_of = paths;
	specials_of = specials;
	default_of = inherited;
	anew_of = anew;
}

static enum class_kind kind_of_objects(PyObject *type)
{
	PyObject *number = values_ask(class_kind, type);
	long kind = number ? PyLong_AsLong(number) : NOTHING;

	PyErr_Clear();
	Py_DecRef(number);
	return kind == OF_PROJECT || kind == OF_OTHERS ? (enum class_kind)kind
						       : NOTHING;
}

static bool same_text(PyObject *one, PyObject *other)
{
	return one == other ||
	       PyObject_RichCompareBool(one, other, IS_EQUAL) == 1;
}

/* What other modules have, too, is not looked at in this one. */
static bool is_own(struct owner *owner, PyObject *class)
{
	PyObject *name = types_module(class);
	PyObject *own = owner_top(owner)->module->name;

	return name && own && same_text(name, own);
}

static bool has_inside(PyObject *value, enum kept_kind kind)
{
	switch (kind) {
	case KEPT_DICT:
	case KEPT_LIST:
		return values_are_few(value, kind);
	case KEPT_FUNCTION:
	case KEPT_WRAPPER:
	case KEPT_CACHE:
	case KEPT_CLASS:
	case KEPT_OBJECT:
		return true;
	default:
		return false;
	}
}

static bool kept_open_is_named(
	const struct block *block, const struct kept_name *name)
{
	const char *dot = strrchr(block->name, '.');

	return !strcmp(dot ? dot + 1 : block->name, name->text);
}

static bool is_of_project(PyObject *cache)
{
	PyObject *function = values_at(KEPT_CACHE, cache, 0);
	bool is = !function || kept_kind_of(function) != KEPT_FUNCTION ||
		  values_block_of(function)->id;

	PyErr_Clear();
	Py_DecRef(function);
	return is;
}

/* Whether its contents have names of their own. Those of others are reached by
 * the names that lead to the owner. */
static bool has_own_names(enum kept_kind kind)
{
	return kind == KEPT_CLASS || kind == KEPT_OBJECT;
}

/*
 * Code calls a function if it mentions what leads there and that is not the
 * function's own name, or if it closes over the function.
 */
static void lead(const struct place *place, struct block *block)
{
	const struct owner *owner = place->owner;

	if (!block->id)
		return;
	if (owner->kind == KEPT_FUNCTION && !place->key)
		entries_lead(block, NULL, values_block_of(owner->object));
	for (; place; place = has_own_names(place->owner->kind)
				      ? NULL
				      : place->owner->holder)
		for (unsigned i = 0; i < 2 && place->names[i]; i++)
			if (!kept_open_is_named(block, place->names[i]))
				entries_lead(
					block, place->names[i]->text, NULL);
}

/* What Python calls of an object without a name being written. */
static void lead_to_specials(const struct place *place, PyObject *object)
{
	PyObject *list = values_ask(specials_of, object);

	for (ssize_t i = 0; list && i < PyList_Size(list); i++)
		lead(place, values_block(PyList_GetItem(list, i)));
	Py_DecRef(list);
}

/* A bound method has the object in it, and leads to its function. */
static void lead_to_method(const struct place *place, PyObject *wrapper)
{
	PyObject *function = PyObject_GetAttrString(wrapper, "__func__");

	if (function && kept_kind_of(function) == KEPT_FUNCTION)
		lead(place, values_block_of(function));
	PyErr_Clear();
	Py_DecRef(function);
}

static bool has_names(PyObject *object)
{
	PyObject *names = values_names(KEPT_OBJECT, object);

	Py_DecRef(names);
	return names != NULL;
}

static void take_in(struct owner *owner, bool is_new);

void open_place(struct place *place, PyObject *value, bool is_new)
{
	enum kept_kind kind = kept_kind_of(value);
	enum class_kind objects = OF_PROJECT;
	struct owner *owner;

	if (kind == KEPT_FUNCTION)
		lead(place, values_block_of(value));
	if (kind == KEPT_WRAPPER)
		lead_to_method(place, value);
	if (place->depth >= PLACES_DEPTH || !has_inside(value, kind))
		return;
	if (kind == KEPT_CLASS && !is_own(place->owner, value))
		return;
	if (kind == KEPT_OBJECT)
		objects = kind_of_objects(type_of(value));
	if (kind == KEPT_OBJECT || kind == KEPT_CLASS)
		lead_to_specials(place, value);
	/* What has no attributes is asked once. */
	if (!objects || (kind == KEPT_OBJECT && !has_names(value)))
		return;
	owner = calloc(1, sizeof(*owner));
	if (!owner)
		return;
	owner->kind = kind;
	owner->holder = place;
	owner->object = value;
	owner->is_foreign = objects == OF_OTHERS;
	place->inner = owner;
	take_in(owner, is_new);
}

/* Before an object gets an attribute, it has that of its class, if there is
 * one.
 */
static void take_default(struct place *place)
{
	const struct owner *owner = place->owner;
	PyObject *found, *value = NULL;

	if (owner->kind != KEPT_OBJECT || !place->key)
		return;
	found = PyObject_CallFunctionObjArgs(
		default_of, type_of(owner->object), place->key, NULL);
	values_moment++;
	if (found && PyTuple_Size(found) == 1)
		value = PyTuple_GetItem(found, 0);
	if (value)
		place->base = place->absent = kept_state_of(value, NULL);
	PyErr_Clear();
	Py_DecRef(found);
}

/* is_new: the value was not there when the module was loaded. */
static void settle(struct place *place, PyObject *value, bool is_new)
{
	if (value && kept_kind_of(value) == KEPT_CACHE)
		place->is_called = true;
	if (is_new) {
		take_default(place);
		place_wait(place);
		return;
	}
	place->state = place->base = value ? kept_state_of(value, NULL) : 0;
	if (value)
		open_place(place, value, false);
}

static void kept_open_take_element(struct owner *owner, PyObject *key,
	ssize_t number, PyObject *value, bool is_new)
{
	enum kept_kind kind = kept_kind_of(value);
	struct place *place = owner_find(owner, key, number);

	if (place && place->inner && place->inner->object == value)
		return;
	if (place && place->inner)
		owner_forget(place->inner);
	if (place)
		place->inner = NULL;
	else if (kind != KEPT_DICT && kind != KEPT_LIST &&
		 has_inside(value, kind))
		place = owner_add(owner, key, number);
	if (!place)
		return;
	/* It is only on the way: the state of its owner says all. */
	place->names[0] = owner->holder->names[0];
	place->names[1] = owner->holder->names[1];
	place->by_attribute[0] = owner->holder->by_attribute[0];
	place->by_attribute[1] = owner->holder->by_attribute[1];
	open_place(place, value, is_new);
}

void open_elements(struct owner *owner, bool is_new)
{
	PyObject *value, *key;
	ssize_t at = 0, number = 0;

	if (owner->kind == KEPT_LIST)
		for (; at < values_in_list(owner->object); at++) {
			value = values_at(KEPT_LIST, owner->object, at);
			if (!value)
				break;
			kept_open_take_element(owner, NULL, at, value, is_new);
			Py_DecRef(value);
		}
	else
		while (PyDict_Next(owner->object, &at, &key, &value)) {
			/* A key of another kind may have code of its own. */
			bool is_text = kept_name_of(key);

			Py_IncRef(value);
			kept_open_take_element(owner, is_text ? key : NULL,
				is_text ? 0 : number, value, is_new);
			Py_DecRef(value);
			number++;
		}
}

static void take_inside(struct owner *owner, bool is_new)
{
	struct place *holder = owner->holder, *place;
	PyObject *code = NULL, *names = NULL, *value;
	ssize_t count = 1, cells = 0;

	if (owner->kind == KEPT_FUNCTION) {
		count = values_in_function(owner->object, &cells);
		code = PyObject_GetAttrString(owner->object, "__code__");
		names = code ? PyObject_GetAttrString(code, "co_freevars")
			     : NULL;
	}
	for (ssize_t i = 0; i < count; i++) {
		place = owner_add(owner, NULL, i);
		if (!place)
			break;
		place_name(place,
			i < cells && names
				? kept_name_of(PyTuple_GetItem(names, i))
				: NULL,
			holder->names[0]);
		value = values_at(owner->kind, owner->object, i);
		settle(place, value, is_new);
		Py_DecRef(value);
	}
	PyErr_Clear();
	Py_DecRef(names);
	Py_DecRef(code);
	if (owner->kind == KEPT_FUNCTION)
		open_names(owner, is_new);
}

static bool kept_open_is_special(PyObject *key)
{
	ssize_t size = 0;
	const char *text = PyUnicode_AsUTF8AndSize(key, &size);

	PyErr_Clear();
	return size > 4 && !memcmp(text, "__", 2) &&
	       !memcmp(text + size - 2, "__", 2);
}

/* What pytest puts into modules and classes, and where unittest takes notes. */
static bool is_of_pytest(PyObject *key)
{
	static const char *const heads[] = {"_UnitTestCase__pytest", "_xunit_",
		"pytestmark", "_class_cleanups", "_classSetupFailed",
		"tearDown_exceptions"};
	const char *text = PyUnicode_AsUTF8AndSize(key, NULL);

	PyErr_Clear();
	for (size_t i = 0; text && i < sizeof(heads) / sizeof(*heads); i++)
		if (!strncmp(text, heads[i], strlen(heads[i])))
			return true;
	return false;
}

/* One name of a module, a class or an object. */
static void take_name(
	struct owner *owner, PyObject *key, PyObject *value, bool is_new)
{
	struct place *place;

	if (!kept_name_of(key) || kept_open_is_special(key) ||
		is_of_pytest(key))
		return;
	/* What others keep for themselves was not computed by the project. */
	if (kept_kind_of(value) == KEPT_CACHE && !is_of_project(value))
		return;
	/* Whoever has a module may put something into it. */
	if (kept_kind_of(value) == KEPT_MODULE) {
		owner_know(PyModule_GetDict(value), kept_name_of(key));
		return;
	}
	place = owner_add(owner, key, 0);
	if (!place)
		return;
	place_name(place, kept_name_of(key),
		owner->holder && (owner->is_foreign ||
					 !kept_name_of(key)->is_written)
			? owner->holder->names[0]
			: NULL);
	settle(place, value, is_new);
}

/*
 * The place that counts the names of an owner. It is reached by code of the
 * files that its class is from, or by the names of what it is.
 */
static void take_count(struct owner *owner, PyObject *names)
{
	struct place *place = owner_add(owner, NULL, PLACE_NAMES);
	PyObject *paths = NULL, *class = owner->object;

	if (!place)
		return;
	place->state = place->base =
		names ? (uint64_t)PyDict_Size(names) + 1 : 1;
	place->root = NULL;
	if (!owner->holder) {
		owner->module->names = place;
		for (unsigned i = 0; i < owner->module->known_count; i++)
			place_put(owner->module->known[i], place);
		return;
	}
	if (owner->kind == KEPT_FUNCTION) {
		place->by_setter = owner->holder->names[0];
		place_put(place->by_setter, place);
		return;
	}
	if (owner->kind == KEPT_OBJECT)
		class = type_of(owner->object);
	place_put(owner->holder->names[0], place);
	paths = values_ask(paths_of, class);
	for (ssize_t i = 0; paths && i < PyList_Size(paths); i++)
		place_put(kept_name_of(PyList_GetItem(paths, i)), place);
	PyErr_Clear();
	Py_DecRef(paths);
}

void open_names(struct owner *owner, bool is_new)
{
	PyObject *names = values_names(owner->kind, owner->object);
	PyObject *anew = owner->kind == KEPT_CLASS
				 ? values_ask(anew_of, owner->object)
				 : NULL;
	PyObject *key, *value;
	ssize_t at = 0;

	while (names && PyDict_Next(names, &at, &key, &value)) {
		if ((is_new && owner_find(owner, key, 0)) ||
			(anew && PySet_Contains(anew, key) == 1))
			continue;
		Py_IncRef(value);
		take_name(owner, key, value, is_new);
		Py_DecRef(value);
	}
	if (!owner_find(owner, NULL, PLACE_NAMES))
		take_count(owner, names);
	PyErr_Clear();
	Py_DecRef(anew);
	Py_DecRef(names);
}

static void take_in(struct owner *owner, bool is_new)
{
	if (!owner->holder || owner->kind == KEPT_CLASS ||
		owner->kind == KEPT_OBJECT)
		open_names(owner, is_new);
	else if (owner->kind == KEPT_DICT || owner->kind == KEPT_LIST)
		open_elements(owner, is_new);
	else
		take_inside(owner, is_new);
}

/* Whether code of other files is at home there: they get at what is hidden. */
bool open_is_shared(const struct owner *owner, const char *path)
{
	PyObject *class = owner->object, *paths;
	bool shared = false;

	if (owner->kind == KEPT_FUNCTION)
		return !values_block_of(owner->object)->id ||
		       strcmp(values_block_of(owner->object)->path, path);
	if (owner->kind == KEPT_OBJECT)
		class = type_of(owner->object);
	else if (owner->kind != KEPT_CLASS)
		return false;
	paths = values_ask(paths_of, class);
	for (ssize_t i = 0; paths && i < PyList_Size(paths); i++)
		shared |= PyUnicode_CompareWithASCIIString(
				  PyList_GetItem(paths, i), path) != 0;
	PyErr_Clear();
	Py_DecRef(paths);
	return shared;
}
