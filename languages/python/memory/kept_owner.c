/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_owner.h"

#include <stdlib.h>
#include <string.h>

#include "languages/python/memory/kept_values.h"

/* How many places are looked at; later ones are not. */
#define PLACES_MOST 500000

static unsigned long place_count;

static struct owner *tops;

/* The names under which code has modules that are not loaded yet. */
struct unknown {
	PyObject *names; /* not held, and only compared */
	struct kept_name *name;
};

static struct unknown *unknown;
static size_t unknown_count, unknown_room;

/* Places that have to be looked at; each is held. */
static struct place **fresh;
static unsigned fresh_count, fresh_room;

struct owner *owner_top(struct owner *owner)
{
	while (owner->holder)
		owner = owner->holder->owner;
	return owner;
}

static void owner_add_name(struct top *top, struct kept_name *name)
{
	struct kept_name **more;

	for (unsigned i = 0; i < top->known_count; i++)
		if (top->known[i] == name)
			return;
	if (!name)
		return;
	if (top->known_count % 4 == 0) {
		more = realloc(top->known,
			(top->known_count + 4) * sizeof(struct kept_name *));
		if (!more)
			return;
		top->known = more;
	}
	top->known[top->known_count++] = name;
	top->asked = 0;
	if (top->names)
		place_put(name, top->names);
}

struct owner *owner_of(PyObject *names)
{
	struct owner *top = tops;

	while (top && top->object != names)
		top = top->module->next;
	return top;
}

void owner_know(PyObject *names, struct kept_name *name)
{
	struct owner *top = names ? owner_of(names) : NULL;
	size_t room = unknown_room * 2 + 256;
	struct unknown *more;

	if (top) {
		owner_add_name(top->module, name);
		return;
	}
	if (unknown_count == unknown_room) {
		more = realloc(unknown, room * sizeof(*more));
		if (!more)
			return;
		unknown = more;
		unknown_room = room;
	}
	unknown[unknown_count++] = (struct unknown){names, name};
}

/* Gives a module its names: its file, its own, and those under which others
 * have it. */
static void owner_name_module(struct owner *owner)
{
	struct top *top = owner->module;
	const char *text = NULL, *dot;
	PyObject *last;

	owner_add_name(top, kept_name_of_path(top->path));
	if (top->name)
		text = PyUnicode_AsUTF8AndSize(top->name, NULL);
	dot = text ? strrchr(text, '.') : NULL;
	last = text ? PyUnicode_InternFromString(dot ? dot + 1 : text) : NULL;
	if (last)
		owner_add_name(top, kept_name_of(last));
	for (size_t i = 0; i < unknown_count; i++)
		if (unknown[i].names == owner->object)
			owner_add_name(top, unknown[i].name);
	PyErr_Clear();
	Py_DecRef(last);
}

void owner_add_module(struct owner *owner)
{
	struct top *top = owner->module;

	top->next = tops;
	top->link = &tops;
	if (tops)
		tops->module->link = &top->next;
	tops = owner;
	owner_name_module(owner);
}

PyObject *owner_value(const struct place *place)
{
	const struct owner *owner = place->owner;

	return place->key
		       ? values_by_key(owner->kind, owner->object, place->key)
		       : values_at(owner->kind, owner->object, place->number);
}

/* Whether a holder, whose own owner is there, has it. */
static bool owner_is_held(struct owner *owner)
{
	const struct place *holder = owner->holder;
	uint64_t version = holder->owner->stamp.version;
	PyObject *value;
	bool is;

	if (version && owner->held == version)
		return true;
	value = owner_value(holder);
	is = value == owner->object && kept_kind_of(value) == owner->kind;
	Py_DecRef(value);
	owner->held = is ? version : 0;
	return is;
}

bool owner_is_there(struct owner *owner)
{
	const struct place *holder = owner->holder;

	if (owner->stamp.checked == values_moment)
		return true;
	if (holder && (!owner_is_there(holder->owner) || !owner_is_held(owner)))
		return false;
	owner->stamp.version = values_version(owner->kind, owner->object);
	owner->stamp.checked = values_moment;
	return true;
}

void place_put(struct kept_name *name, struct place *place)
{
	struct kept_at *more;
	unsigned room;

	if (!name)
		return;
	if (name->count == name->room) {
		room = name->room ? name->room * 2 : 2;
		more = realloc(name->places, room * sizeof(*more));
		if (!more)
			return;
		name->places = more;
		name->room = room;
	}
	name->places[name->count++] =
		(struct kept_at){place, &place->owner->stamp, 0};
	place->uses++;
}

void place_free(struct place *place)
{
	struct owner *owner = place->owner;

	place_count--;
	if (--owner->left == 0 && owner->gone)
		free(owner);
	Py_DecRef(place->key);
	free(place);
}

static void owner_forget_module(struct owner *owner)
{
	struct top *top = owner->module;

	*top->link = top->next;
	if (top->next)
		top->next->module->link = top->link;
	Py_DecRef(owner->object);
	Py_DecRef(top->name);
	free(top->path);
	free(top->known);
	free(top);
}

void owner_forget(struct owner *owner)
{
	owner->stamp.checked = STAMP_GONE;
	owner->left++;
	for (unsigned i = 0; i < owner->count; i++) {
		struct place *place = owner->places[i];

		if (place->inner)
			owner_forget(place->inner);
		if (place->before)
			owner_forget(place->before);
		place->inner = place->before = NULL;
		place->gone = true;
		if (!place->uses)
			place_free(place);
	}
	free(owner->places);
	if (owner->module)
		owner_forget_module(owner);
	owner->gone = true;
	if (--owner->left == 0)
		free(owner);
}

struct place *owner_add(struct owner *owner, PyObject *key, ssize_t number)
{
	struct place *place, **more, *holder = owner->holder;

	if (place_count >= PLACES_MOST)
		return NULL;
	if (owner->count % 8 == 0) {
		more = realloc(owner->places,
			(owner->count + 8) * sizeof(struct place *));
		if (!more)
			return NULL;
		owner->places = more;
	}
	place = calloc(1, sizeof(*place));
	if (!place)
		return NULL;
	place_count++;
	owner->places[owner->count++] = place;
	owner->left++;
	place->owner = owner;
	place->top = owner_top(owner)->module;
	place->number = number;
	place->key = key;
	place->depth = holder ? holder->depth + 1 : 0;
	if (key)
		Py_IncRef(key);
	place->is_called =
		owner->kind == KEPT_FUNCTION || owner->kind == KEPT_CACHE;
	/* An object of a class finds what that has by way of itself. */
	if (holder && owner->kind != KEPT_CLASS) {
		place->root = holder->root ? holder->root : holder->names[0];
		place->by_module = holder->by_module || holder->owner->module;
	}
	return place;
}

struct place *owner_find(struct owner *owner, PyObject *key, ssize_t number)
{
	for (unsigned i = 0; i < owner->count; i++)
		if (owner->places[i]->key == key &&
			owner->places[i]->number == number)
			return owner->places[i];
	return NULL;
}

void place_name(
	struct place *place, struct kept_name *one, struct kept_name *other)
{
	const struct owner *owner = place->owner;
	bool held = owner->holder && owner->holder->by_attribute[0];
	bool own = owner->kind == KEPT_CLASS || owner->kind == KEPT_OBJECT;

	place->names[0] = one ? one : other;
	place->names[1] = one != other && one ? other : NULL;
	place->by_attribute[0] = one ? own : held;
	place->by_attribute[1] = held;
	place_put(place->names[0], place);
	place_put(place->names[1], place);
}

void place_wait(struct place *place)
{
	unsigned room = fresh_room ? fresh_room * 2 : 64;
	struct place **more;

	if (fresh_count == fresh_room) {
		more = realloc(fresh, room * sizeof(struct place *));
		if (!more)
			return;
		fresh = more;
		fresh_room = room;
	}
	fresh[fresh_count++] = place;
	places_hold(place);
}

struct place *places_next_new(void)
{
	struct place *place;

	while (fresh_count) {
		place = fresh[--fresh_count];
		if (!place->gone) {
			place->uses--;
			return place;
		}
		places_release(place);
	}
	return NULL;
}
