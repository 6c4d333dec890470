/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept_places.h"

#include <stdlib.h>
#include <string.h>

#include "languages/python/memory/kept_owner.h"
#include "languages/python/memory/kept_values.h"

/* So many are looked at; what comes later is not. */
#define PLACES_MOST 500000

static unsigned long place_count;

/* In one of them the names that a scope mentions are always the same. */
static uint64_t look_count;
static struct owner *tops;

/* By which names code has modules that were not loaded when it was. */
struct unknown {
	PyObject *names; /* not held, and only compared */
	struct kept_name *name;
};

static struct unknown *unknown;
static size_t unknown_count, unknown_room;

/* Those that have to be looked at; each of them is in use. */
static struct place **fresh;
static unsigned fresh_count, fresh_room;

void places_start(PyObject *class_kind, PyObject *attributes_of,
	PyObject *paths_of, PyObject *specials_of, PyObject *default_of,
	PyObject *wrappers)
{
	values_start(class_kind, attributes_of, wrappers);
	open_start(class_kind, paths_of, specials_of, default_of);
}

/* Modules */

struct owner *owner_top(struct owner *owner)
{
	while (owner->holder)
		owner = owner->holder->owner;
	return owner;
}

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

static void kept_places_know(struct top *top, struct kept_name *name)
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

static struct owner *top_with(PyObject *names)
{
	struct owner *top = tops;

	while (top && top->object != names)
		top = top->module->next;
	return top;
}

void owner_know(PyObject *names, struct kept_name *name)
{
	struct owner *top = names ? top_with(names) : NULL;
	size_t room = unknown_room * 2 + 256;
	struct unknown *more;

	if (top) {
		kept_places_know(top->module, name);
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

/* Its file, its own name, and those under which others have it. */
static void know_top(struct owner *owner)
{
	struct top *top = owner->module;
	const char *text = NULL, *dot;
	PyObject *last;

	kept_places_know(top, kept_name_of_path(top->path));
	if (top->name)
		text = PyUnicode_AsUTF8AndSize(top->name, NULL);
	dot = text ? strrchr(text, '.') : NULL;
	last = text ? PyUnicode_InternFromString(dot ? dot + 1 : text) : NULL;
	if (last)
		kept_places_know(top, kept_name_of(last));
	for (size_t i = 0; i < unknown_count; i++)
		if (unknown[i].names == owner->object)
			kept_places_know(top, unknown[i].name);
	PyErr_Clear();
	Py_DecRef(last);
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
	top->next = tops;
	top->link = &tops;
	if (tops)
		tops->module->link = &top->next;
	tops = owner;
	know_top(owner);
	open_names(owner, false);
	PyErr_Clear();
}

/* What is where */

static PyObject *own_value(const struct place *place);

/* By a holder whose own owner is there. */
static bool is_held(struct owner *owner)
{
	const struct place *holder = owner->holder;
	uint64_t version = holder->owner->stamp.version;
	PyObject *value;
	bool is;

	if (version && owner->held == version)
		return true;
	value = own_value(holder);
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
	if (holder && (!owner_is_there(holder->owner) || !is_held(owner)))
		return false;
	owner->stamp.version = values_version(owner->kind, owner->object);
	owner->stamp.checked = values_moment;
	return true;
}

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

/* Of one whose owner is there. */
static PyObject *own_value(const struct place *place)
{
	const struct owner *owner = place->owner;

	return place->key
		       ? values_by_key(owner->kind, owner->object, place->key)
		       : values_at(owner->kind, owner->object, place->number);
}

bool places_are_there(const struct place *place)
{
	return owner_is_there(place->owner);
}

PyObject *places_value(const struct place *place)
{
	return owner_is_there(place->owner) ? own_value(place) : NULL;
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
	value = own_value(place);
	if (value && kept_kind_of(value) == KEPT_CACHE)
		return value;
	Py_DecRef(value);
	return NULL;
}

/* Places */

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

static void free_place(struct place *place)
{
	struct owner *owner = place->owner;

	place_count--;
	if (--owner->left == 0 && owner->gone)
		free(owner);
	Py_DecRef(place->key);
	free(place);
}

void places_hold(struct place *place)
{
	place->uses++;
}

void places_release(struct place *place)
{
	if (--place->uses == 0 && place->gone)
		free_place(place);
}

void places_drop(struct kept_name *name, unsigned at)
{
	struct place *place = name->places[at].place;

	name->places[at] = name->places[--name->count];
	places_release(place);
}

static void forget_module(struct owner *owner)
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
			free_place(place);
	}
	free(owner->places);
	if (owner->module)
		forget_module(owner);
	owner->gone = true;
	if (--owner->left == 0)
		free(owner);
}

void places_forget(PyObject *names)
{
	struct owner *top = top_with(names);

	if (top)
		owner_forget(top);
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

const struct kept_name *places_global(const struct place *place)
{
	return place->owner->module ? place->names[0] : place->root;
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

/* Looks */

/* Takes in the names that were not there before. */
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
 * What something else took the place of can come back, as after a test that
 * patches: what was known of it is known then.
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

/* What it has in it is looked at there, but for what came to it. */
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

/* As own_value(), of an owner that has this version or, with 0, none. */
static PyObject *value_now(struct place *place, uint64_t version)
{
	if (version && place->valued == version) {
		Py_IncRef(place->value);
		return place->value;
	}
	place->value = own_value(place);
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
	return top_with(names);
}

bool places_are_in(const struct place *place, const struct owner *top)
{
	return owner_top(place->owner) == top;
}
