/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/kept_places.h"

#include <stdlib.h>

#include "adapters/pytest/types.h"

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

static bool has_below(enum sight sight)
{
	return sight == SIGHT_CLOSURE || sight == SIGHT_WRAPPED ||
	       sight == SIGHT_CLASS || sight == SIGHT_OBJECT ||
	       sight == SIGHT_FOREIGN;
}

/* Whether a class is as it was, and has nothing to look into: as most are. */
static bool is_class_of_old(const struct place *place)
{
	const struct node *node = place->below;
	PyObject *names;

	if (place->sight != SIGHT_CLASS || !node || !node->version)
		return false;
	names = types_names(place->value);
	if (node->names != names || changes_version(names) != node->version)
		return false;
	for (size_t i = 0; i < node->count; i++)
		if (node->places[i].sight > SIGHT_VALUE &&
			!places_is_bare(&node->places[i]))
			return false;
	return true;
}

bool places_have_as_much(const struct place *place, unsigned depth)
{
	PyObject *value = place->value;
	uint64_t before = place->sum, sum;

	if (depth < PLACES_DEPTH && has_below(place->sight))
		return is_class_of_old(place);
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
