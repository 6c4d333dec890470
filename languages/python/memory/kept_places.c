/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_places.h"

#include <stdlib.h>
#include <string.h>

#include "languages/python/memory/kept_owner.h"
#include "languages/python/memory/kept_values.h"

/* The number of the look. During one, a scope mentions the same names. */
static uint64_t look_count;

void places_start(PyObject *class_kind, PyObject *attributes_of,
	PyObject *paths_of, PyObject *specials_of, PyObject *default_of,
	PyObject *anew_of, PyObject *wrappers)
{
	values_start(class_kind, attributes_of, wrappers);
	open_start(class_kind, paths_of, specials_of, default_of, anew_of);
}

/* Modules */

const char *places_path(const struct place *place)
{
	return owner_top(place->owner)->module->path;
}

static bool top_is_near(const struct top *top, uint64_t scope)
{
	for (unsigned i = 0; i < top->known_count; i++)
		if (top->known[i]->scopes & scope)
			return true;
	return !top->name;
}

/* There are many in one module, and all are asked about in one look. */
bool places_are_near(const struct place *place, uint64_t scope)
{
	struct top *top = place->top;

	if (top->asked != look_count) {
		top->asked = look_count;
		top->is_near = top_is_near(top, scope);
	}
	return top->is_near;
}

void places_keep(PyObject *names, const char *path, bool is_module)
{
	struct owner *owner = calloc(1, sizeof(*owner));
	struct top *top = calloc(1, sizeof(*top));
	char *own = strdup(path);

	if (!owner || !top || !own) {
		free(owner);
		free(top);
		free(own);
		return;
	}
	owner->kind = KEPT_DICT;
	owner->object = names;
	owner->module = top;
	top->path = own;
	top->name = is_module ? PyDict_GetItemString(names, "__name__") : NULL;
	Py_IncRef(names);
	if (top->name)
		Py_IncRef(top->name);
	owner_add_module(owner);
	open_names(owner, false);
	PyErr_Clear();
}

/* What is where */

bool places_rest(const struct kept_at *at)
{
	struct stamp *stamp = at->stamp;

	if (!at->version || stamp->checked == STAMP_GONE)
		return false;
	if (stamp->checked != values_moment &&
		!owner_is_there((struct owner *)stamp))
		return false;
	return stamp->version == at->version;
}

void places_begin(void)
{
	values_moment++;
	look_count++;
}

bool places_are_there(const struct place *place)
{
	return owner_is_there(place->owner);
}

PyObject *places_value(const struct place *place)
{
	return owner_is_there(place->owner) ? owner_value(place) : NULL;
}

PyObject *places_cached(const struct place *place)
{
	struct owner *owner = place->owner;
	PyObject *value;

	if (!owner_is_there(owner))
		return NULL;
	if (owner->kind == KEPT_FUNCTION) {
		Py_IncRef(owner->object);
		return owner->object;
	}
	value = owner_value(place);
	if (value && kept_kind_of(value) == KEPT_CACHE)
		return value;
	Py_DecRef(value);
	return NULL;
}

/* Places */

void places_hold(struct place *place)
{
	place->uses++;
}

void places_release(struct place *place)
{
	if (--place->uses == 0 && place->gone)
		place_free(place);
}

void places_drop(struct kept_name *name, unsigned at)
{
	struct place *place = name->places[at].place;

	name->places[at] = name->places[--name->count];
	places_release(place);
}

void places_forget(PyObject *names)
{
	struct owner *top = owner_of(names);

	if (top)
		owner_forget(top);
}

const struct kept_name *places_global(const struct place *place)
{
	return place->owner->module ? place->names[0] : place->root;
}

/* Looks */

/* Finds places for names that are new. */
static void look_names(struct place *place)
{
	struct owner *owner = place->owner;
	PyObject *names = values_names(owner->kind, owner->object);
	uint64_t size = names ? (uint64_t)PyDict_Size(names) + 1 : 1;

	Py_DecRef(names);
	if (size > place->state)
		open_names(owner, true);
	place->state = place->base = size;
}

/*
 * A value that was replaced can come back, as after a test that patches. Then
 * ftrace still knows what was in it.
 */
static void put_aside(struct place *place)
{
	if (place->before && place->inner)
		owner_forget(place->inner);
	else if (place->inner)
		place->before = place->inner;
	place->inner = NULL;
}

static bool take_back(struct place *place, const PyObject *value)
{
	if (!place->before || place->before->object != value)
		return false;
	place->inner = place->before;
	place->before = NULL;
	return true;
}

/* What is in the value is looked at there, except for what is new in it. */
static void kept_places_renew(struct place *place, PyObject *value)
{
	struct owner *inner = place->inner;
	bool is_new = place->state != place->base;

	if (inner && inner->object == value &&
		(inner->kind == KEPT_DICT || inner->kind == KEPT_LIST)) {
		if (values_are_few(value, inner->kind))
			open_elements(inner, is_new);
		return;
	}
	put_aside(place);
	if (!take_back(place, value))
		open_place(place, value, is_new);
}

/* As owner_value(), of an owner that has this version or, with 0, none. */
static PyObject *value_now(struct place *place, uint64_t version)
{
	if (version && place->valued == version) {
		Py_IncRef(place->value);
		return place->value;
	}
	place->value = owner_value(place);
	place->valued = place->value ? version : 0;
	return place->value;
}

static uint64_t look_state(
	struct place *place, PyObject *value, enum kept_rest *rest)
{
	uint64_t inside = 0, state;

	if (!value) {
		place->inside = 0;
		return place->absent;
	}
	if (kept_kind_of(value) == KEPT_DICT)
		inside = values_version(KEPT_DICT, value);
	if (inside && inside == place->inside) {
		*rest = KEPT_WHILE_SAME;
		return place->state;
	}
	state = kept_state_of(value, rest);
	place->inside = *rest == KEPT_WHILE_SAME ? inside : 0;
	return state;
}

enum place_news places_look(struct place *place)
{
	PyObject *value;
	uint64_t state, version;
	enum kept_rest rest = KEPT_ALWAYS;
	bool is_same;

	if (place->gone || !owner_is_there(place->owner))
		return PLACE_GONE;
	version = place->owner->stamp.version;
	if (version && place->version == version)
		return PLACE_SAME;
	if (!place->key && place->number == PLACE_NAMES) {
		look_names(place);
		place->version = version;
		return PLACE_SAME;
	}
	value = value_now(place, version);
	state = look_state(place, value, &rest);
	is_same = state == place->state;
	place->state = state;
	place->version = rest == KEPT_ALWAYS ? version : 0;
	if (!value)
		put_aside(place);
	else if (!is_same || (place->inner && place->inner->object != value))
		kept_places_renew(place, value);
	Py_DecRef(value);
	PyErr_Clear();
	if (is_same)
		return PLACE_SAME;
	return value && rest == KEPT_ALWAYS ? PLACE_REPLACED : PLACE_CHANGED;
}

/* What scopes made */

bool places_are_open(const struct place *place)
{
	struct top *top = owner_top(place->owner)->module;
	bool hidden = false, shared = false;

	for (const struct place *at = place; at; at = at->owner->holder) {
		bool is_private = at->names[0] && *at->names[0]->text == '_';

		hidden |= at->owner->kind == KEPT_FUNCTION || is_private;
		shared |= at->owner->holder && owner_is_there(at->owner) &&
			  open_is_shared(at->owner, top->path);
		/* Nobody else has what leads there. */
		shared &= at->owner->holder || !is_private;
	}
	return !hidden || shared ||
	       (place->is_called && place->owner->kind != KEPT_FUNCTION);
}

const struct owner *places_top(PyObject *names)
{
	return owner_of(names);
}

bool places_are_in(const struct place *place, const struct owner *top)
{
	return owner_top(place->owner) == top;
}
