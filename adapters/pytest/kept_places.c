/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/kept_places.h"

#include <stdlib.h>

#include "adapters/pytest/types.h"

#define CLASSES 1024u

void places_free(struct node *node)
{
	for (size_t i = 0; node && i < node->count; i++) {
		if (node->places[i].sight == SIGHT_VALUE)
			Py_DecRef(node->places[i].value);
		places_free(node->places[i].below);
	}
	if (node)
		free(node->places);
	free(node);
}

struct place *places_at(struct node *node, size_t i)
{
	if (i == node->room) {
		size_t room = node->room * 2 + 8;
		struct place *places =
			realloc(node->places, room * sizeof(*places));

		if (!places)
			return NULL;
		node->places = places;
		node->room = room;
	}
	if (i == node->count)
		node->places[node->count++] = (struct place){0};
	return &node->places[i];
}

struct node *places_of(struct node **node)
{
	if (!*node)
		*node = calloc(1, sizeof(**node));
	return *node;
}

/* Whether a name is one that Python gives things, not the program. */
static bool is_special(PyObject *key)
{
	ssize_t size = PyObject_Size(key);
	bool special = size > 4 && PyUnicode_ReadChar(key, 0) == '_' &&
		       PyUnicode_ReadChar(key, 1) == '_' &&
		       PyUnicode_ReadChar(key, size - 1) == '_' &&
		       PyUnicode_ReadChar(key, size - 2) == '_';

	PyErr_Clear(); /* of what is no text */
	return special;
}

bool places_is_still(const struct place *place)
{
	enum sight sight;

	if (!place->value || place->sight <= SIGHT_VALUE)
		return place->value;
	sight = sight_of(place->value);
	return sight == place->sight ||
	       (sight == SIGHT_FUNCTION && place->sight == SIGHT_CLOSURE);
}

/*
 * The names of classes that were found to be as they were in this turn, at
 * most so deep: on other ways they are no different.
 */
static struct met {
	PyObject *names;
	uint64_t version, turn;
	unsigned depth;
} classes[CLASSES];

static uint64_t turn;

void places_begin(void)
{
	turn++;
}

/*
 * Whether all that there is to see in values is as it was, where that can be
 * told without running or freeing anything; false: perhaps. Most of what is
 * looked at is so, and again and again: a method that calls super() closes over
 * its class.
 */
static bool is_of_old(const struct place *place, unsigned depth);

/* The same of what a name or a cell has for a value. */
static bool has_old(const struct place *place, PyObject *value, unsigned depth)
{
	if (place->value != value)
		return false;
	if (place->sight <= SIGHT_VALUE)
		return value;
	return (sight_is_known(value, place->sight) ||
		       (place->sight == SIGHT_CLOSURE &&
			       sight_is_known(value, SIGHT_FUNCTION))) &&
	       is_of_old(place, depth);
}

static bool are_names_of_old(const struct node *node, unsigned depth)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct place *place = &node->places[i];

		if (place->sight > SIGHT_VALUE && !places_is_bare(place) &&
			!is_of_old(place, depth))
			return false;
	}
	return true;
}

static bool is_class_of_old(const struct place *place, unsigned depth)
{
	const struct node *node = place->below;
	PyObject *names;
	struct met *met;

	if (!node || !node->version)
		return false;
	names = types_names(place->value);
	if (node->names != names || changes_version(names) != node->version)
		return false;
	met = &classes[(uintptr_t)names / 16 % CLASSES];
	if (met->names == names && met->version == node->version &&
		met->turn == turn && met->depth <= depth)
		return true;
	if (!are_names_of_old(node, depth + 1))
		return false;
	*met = (struct met){names, node->version, turn, depth};
	return true;
}

static bool is_object_of_old(const struct place *place, unsigned depth)
{
	const struct node *node = place->below;
	PyObject *names = node ? sight_same_attributes(place->value) : NULL;
	PyObject *key, *value;
	ssize_t at = 0;
	size_t i = 0;
	bool same = names;

	while (same && PyDict_Next(names, &at, &key, &value)) {
		const struct place *each = &node->places[i];

		same = i++ < node->count && each->key == key &&
		       (each->sight == SIGHT_SPECIAL ||
			       has_old(each, value, depth + 1));
	}
	Py_DecRef(names);
	return same && i == node->count;
}

static bool is_closure_of_old(const struct place *place, unsigned depth)
{
	const struct node *node = place->below;
	PyObject *cells = PyFunction_GetClosure(place->value);
	PyObject *defaults = PyFunction_GetDefaults(place->value);
	size_t count = cells ? (size_t)PyTuple_Size(cells) : 0;
	size_t more = defaults ? (size_t)PyTuple_Size(defaults) : 0;
	bool same = node && node->count == count + more;

	for (size_t i = 0; same && i < count + more; i++) {
		PyObject *value =
			i < count
				? PyCell_Get(PyTuple_GetItem(cells, (ssize_t)i))
				: PyTuple_GetItem(
					  defaults, (ssize_t)(i - count));

		/* The cell has it, too. */
		if (i < count)
			Py_DecRef(value);
		same = value && has_old(&node->places[i], value, depth + 1);
	}
	return same;
}

static bool is_of_old(const struct place *place, unsigned depth)
{
	bool deepest = depth >= PLACES_DEPTH;

	switch (place->sight) {
	case SIGHT_SIZE:
		return sight_has_plain_sum(place->value, place->sum);
	case SIGHT_FUNCTION:
		return places_is_bare(place);
	case SIGHT_CLOSURE:
		return place->sum == 0 && changes_none_on(place->value) &&
		       (deepest || is_closure_of_old(place, depth));
	case SIGHT_CLASS:
		return deepest || is_class_of_old(place, depth);
	case SIGHT_OBJECT:
	case SIGHT_FOREIGN:
		return deepest || is_object_of_old(place, depth);
	case SIGHT_WRAPPED:
		return deepest;
	default:
		return false;
	}
}

bool places_have_as_much(const struct place *place, unsigned depth)
{
	PyObject *value = place->value;
	uint64_t before = place->sum, sum;

	if (is_of_old(place, depth))
		return true;
	if (place->sight != SIGHT_SIZE && place->sight != SIGHT_CACHE &&
		place->sight != SIGHT_FUNCTION)
		return false;
	Py_IncRef(value);
	sum = sight_sum(value, place->sight);
	Py_DecRef(value);
	return sum == before;
}

void places_renew(struct node *node, PyObject *names)
{
	struct node fresh = {0};
	PyObject *key, *value;
	struct place *place;
	ssize_t at = 0;
	size_t hint = 0;

	while (PyDict_Next(names, &at, &key, &value)) {
		size_t i = hint;

		place = places_at(&fresh, fresh.count);
		if (!place)
			break;
		place->key = key;
		place->sight = is_special(key) ? SIGHT_SPECIAL : 0;
		while (i < node->count && node->places[i].key != key)
			i++;
		for (size_t k = 0; i == node->count && k < hint; k++)
			if (node->places[k].key == key)
				i = k;
		if (i == node->count)
			continue;
		*place = node->places[i];
		node->places[i] = (struct place){0};
		hint = i + 1;
	}
	place = node->places;
	for (size_t i = 0; i < node->count; i++)
		if (place[i].sight == SIGHT_VALUE)
			Py_DecRef(place[i].value);
	for (size_t i = 0; i < node->count; i++)
		places_free(place[i].below);
	free(place);
	*node = fresh;
}
