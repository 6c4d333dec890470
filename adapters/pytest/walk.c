/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/walk.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How far a walk goes; of a container of more elements only the number. */
#define DEPTH 10
#define LARGE 2000

#define SLOTS 1024u /* of the table of types, which may be overwritten */

static PyObject *kind_of, *leads_on, *get_referents;

/* What to make of the objects of a type; the pairs of the start stay. */
struct kind {
	PyObject *type;
	enum walk_kind kind;
};

static struct kind fixed[SLOTS];

/* The objects that were seen, by their addresses. */
struct seen {
	PyObject **slots;
	size_t count, size; /* a power of two */
};

struct walk {
	struct seen seen;
	struct kind met[SLOTS]; /* types live as long as their objects */
	PyObject *name;
	uint64_t sum;
	long count, most;
};

static uint64_t mix(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ (sum >> 29);
}

static size_t place_of(const PyObject *object, size_t size)
{
	return (size_t)mix(0, (uintptr_t)object) & (size - 1);
}

static void seen_put(struct seen *seen, PyObject *object)
{
	size_t i = place_of(object, seen->size);

	while (seen->slots[i] && seen->slots[i] != object)
		i = (i + 1) & (seen->size - 1);
	seen->count += !seen->slots[i];
	seen->slots[i] = object;
}

/* Returns 1 when it was added, 0 when it was there, -1 without memory. */
static int seen_add(struct seen *seen, PyObject *object)
{
	size_t before = seen->count;

	if (seen->count * 2 >= seen->size) {
		struct seen more = {
			NULL, 0, seen->size ? seen->size * 2 : 4096};

		more.slots = calloc(more.size, sizeof(*more.slots));
		if (!more.slots)
			return -1;
		for (size_t i = 0; i < seen->size; i++)
			if (seen->slots[i])
				seen_put(&more, seen->slots[i]);
		free(seen->slots);
		*seen = more;
	}
	seen_put(seen, object);
	return seen->count > before;
}

/* Of an object's type, without holding it: the object does. */
static PyObject *type_of(PyObject *object)
{
	PyObject *type = PyObject_Type(object);

	Py_DecRef(type);
	return type;
}

/* Returns the kind, or -1 and raises. */
static int find_kind(struct walk *walk, PyObject *type)
{
	size_t i = place_of(type, SLOTS);
	PyObject *answer;

	if (fixed[i].type == type)
		return (int)fixed[i].kind;
	if (walk->met[i].type == type)
		return (int)walk->met[i].kind;
	answer = PyObject_CallFunctionObjArgs(kind_of, type, NULL);
	if (!answer)
		return -1;
	walk->met[i].type = type;
	walk->met[i].kind = (enum walk_kind)PyLong_AsLong(answer);
	Py_DecRef(answer);
	return (int)walk->met[i].kind;
}

/* Whether to go on from an object: 1, 0, or -1 with something raised. */
static int goes_on(struct walk *walk, PyObject *object, enum walk_kind kind)
{
	PyObject *other;
	ssize_t size;
	int answer;

	if (kind == WALK_FUNCTION) {
		other = PyObject_GetAttrString(object, "__globals__");
		answer = other ? seen_add(&walk->seen, other) : -1;
		Py_DecRef(other);
		return answer < 0 ? -1 : 1;
	}
	if (kind == WALK_CONTAINER) {
		size = PyObject_Size(object);
		walk->sum = mix(walk->sum, (uint64_t)size);
		return size < 0 ? -1 : size <= LARGE;
	}
	if (kind != WALK_CLASS)
		return 1;
	other = PyObject_CallFunctionObjArgs(
		leads_on, object, walk->name, NULL);
	answer = other ? PyObject_IsTrue(other) : -1;
	Py_DecRef(other);
	return answer;
}

static int look(struct walk *walk, PyObject *object, PyObject *inner)
{
	int kind = find_kind(walk, type_of(object)), answer;
	ssize_t hash;

	if (kind < 0 || kind == WALK_NOTHING)
		return kind;
	if (kind == WALK_VALUE) {
		hash = PyObject_Hash(object);
		walk->sum = mix(walk->sum, (uint64_t)hash);
		return hash == -1 ? -1 : 0;
	}
	walk->sum = mix(walk->sum, (uintptr_t)object);
	if (kind == WALK_LEAF)
		return 0;
	answer = seen_add(&walk->seen, object);
	if (answer > 0)
		answer = goes_on(walk, object, (enum walk_kind)kind);
	if (answer > 0)
		answer = PyList_Append(inner, object);
	return answer;
}

static PyObject *referents(PyObject *objects)
{
	PyObject *args = PyList_AsTuple(objects);
	PyObject *result =
		args ? PyObject_Call(get_referents, args, NULL) : NULL;

	Py_DecRef(args);
	return result;
}

/*
 * Identities and values of what a list leads to, breadth first. Returns 1, 0
 * when there is too much of it, or -1 with something raised.
 */
static int walk_list(struct walk *walk, PyObject *list)
{
	PyObject *level = list, *inner;
	int answer = 1;

	Py_IncRef(level);
	walk->sum = 0;
	for (int depth = 0; level && answer > 0 && depth < DEPTH; depth++) {
		ssize_t size = PyList_Size(level);

		walk->count += size;
		if (walk->count > walk->most) {
			answer = 0;
			break;
		}
		inner = PyList_New(0);
		for (ssize_t i = 0; inner && answer > 0 && i < size; i++)
			if (look(walk, PyList_GetItem(level, i), inner) < 0)
				answer = -1;
		Py_DecRef(level);
		level = NULL;
		if (inner && answer > 0 && PyList_Size(inner) == 0)
			depth = DEPTH;
		else if (inner && answer > 0)
			level = referents(inner);
		if (!inner || (!level && depth < DEPTH))
			answer = -1;
		Py_DecRef(inner);
	}
	Py_DecRef(level);
	return answer;
}

static int add_all(struct seen *seen, PyObject *list)
{
	for (ssize_t i = 0; i < PyList_Size(list); i++)
		if (seen_add(seen, PyList_GetItem(list, i)) < 0)
			return -1;
	return 0;
}

PyObject *walk(PyObject *self, PyObject *args)
{
	PyObject *lists, *known, *result = PyList_New(0), *number;
	struct walk *state = calloc(1, sizeof(*state));
	int answer = -1;

	(void)self;
	if (state && result &&
		PyArg_ParseTuple(args, "OOOl", &lists, &known, &state->name,
			&state->most))
		answer = add_all(&state->seen, known) < 0 ? -1 : 1;
	for (ssize_t i = 0; answer > 0 && i < PyList_Size(lists); i++) {
		answer = walk_list(state, PyList_GetItem(lists, i));
		if (answer <= 0)
			break;
		number = Py_BuildValue("K", state->sum);
		if (!number || PyList_Append(result, number))
			answer = -1;
		Py_DecRef(number);
	}
	if (answer >= 0) {
		number = Py_BuildValue("Nl", PyList_AsTuple(result),
			answer ? state->count : state->most);
		Py_DecRef(result);
		result = number;
	} else {
		Py_DecRef(result);
		result = NULL;
	}
	if (state)
		free(state->seen.slots);
	free(state);
	return result;
}

PyObject *walk_start(PyObject *self, PyObject *args)
{
	PyObject *kinds, *pair;
	size_t place;

	(void)self;
	if (!PyArg_ParseTuple(
		    args, "OOOO", &kinds, &kind_of, &leads_on, &get_referents))
		return NULL;
	Py_IncRef(args);
	for (ssize_t i = 0; i < PyList_Size(kinds); i++) {
		pair = PyList_GetItem(kinds, i);
		place = place_of(PyTuple_GetItem(pair, 0), SLOTS);
		/* Of two in one place the other is asked for. */
		fixed[place].type = PyTuple_GetItem(pair, 0);
		fixed[place].kind =
			(enum walk_kind)PyLong_AsLong(PyTuple_GetItem(pair, 1));
	}
	return Py_BuildValue("");
}
