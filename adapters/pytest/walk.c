/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/walk.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/pytest/types.h"

/* How far a walk goes; of a container of more elements only the number. */
#define DEPTH 10
#define LARGE 2000

#define SLOTS 1024u /* of the table of types, which may be overwritten */
#define ROOM_MOST (1u << 15) /* what is kept for the next walk */

#define IS_CLASS (1ul << 31) /* Py_TPFLAGS_TYPE_SUBCLASS */

static PyObject *kinds, *busy, *framework, *module_type;
static PyObject *called, *wrappers, *dunder_module;

/* What to make of the objects of a type. */
struct kind {
	PyObject *type;
	uint64_t number; /* of the walk in which it was met */
	enum walk_kind kind;
};

/* Those of the start stay for ever. */
static struct kind fixed[SLOTS];

struct slot {
	PyObject *object;
	uint64_t number; /* of the walk that it was put in by; else vacant */
};

struct level {
	PyObject **objects;
	size_t count, room;
};

/*
 * The objects that were seen, by their addresses, and those of the level that
 * is gone through and of the next. Nothing is held: while a walk goes on
 * nothing is freed.
 */
struct walk {
	uint64_t number;
	struct slot *slots;
	size_t seen, size; /* a power of two */
	struct level now, next;
	struct kind met[SLOTS]; /* types live as long as their objects */
	PyObject *name;
	uint64_t sum;
	size_t count, most;
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

static void seen_put(struct walk *walk, PyObject *object)
{
	size_t i = place_of(object, walk->size);
	struct slot *slots = walk->slots;

	while (slots[i].number == walk->number && slots[i].object != object)
		i = (i + 1) & (walk->size - 1);
	walk->seen += slots[i].number != walk->number;
	slots[i] = (struct slot){object, walk->number};
}

static int seen_grow(struct walk *walk)
{
	struct slot *before = walk->slots;
	size_t size = walk->size;

	walk->size = size ? size * 2 : 4096;
	walk->slots = calloc(walk->size, sizeof(*walk->slots));
	walk->seen = 0;
	if (walk->slots)
		for (size_t i = 0; i < size; i++)
			if (before[i].number == walk->number)
				seen_put(walk, before[i].object);
	free(before);
	if (walk->slots)
		return 0;
	walk->size = 0;
	return -1;
}

/* Returns 1 when it was added, 0 when it was there, -1 without memory. */
static int seen_add(struct walk *walk, PyObject *object)
{
	size_t before;

	if (walk->seen * 2 >= walk->size && seen_grow(walk))
		return -1;
	before = walk->seen;
	seen_put(walk, object);
	return walk->seen > before;
}

static int push(struct level *level, PyObject *object)
{
	if (level->count == level->room) {
		size_t room = level->room * 2 + 1024;
		PyObject **longer =
			realloc(level->objects, room * sizeof(*longer));

		if (!longer)
			return -1;
		level->objects = longer;
		level->room = room;
	}
	level->objects[level->count++] = object;
	return 0;
}

static bool is_among(const char *name, PyObject *names, size_t size)
{
	for (ssize_t i = 0; i < PyTuple_Size(names); i++) {
		const char *each = PyBytes_AsString(PyTuple_GetItem(names, i));

		if (each && strlen(each) == size && !memcmp(name, each, size))
			return true;
	}
	return false;
}

/* The name of the module that a class is of, not held; NULL: it has none. */
static PyObject *module_of(PyObject *class)
{
	PyObject *names = types_names(class);
	PyObject *name =
		names ? PyDict_GetItemWithError(names, dunder_module) : NULL;

	/* Some types in C, as of the links in a lru_cache of 3.9, have none. */
	return name && type_of(name) == type_of(dunder_module) ? name : NULL;
}

/* Whether the objects of a class change by being used, and keep nothing. */
static bool is_busy(PyObject *class)
{
	PyObject *module = module_of(class);
	const char *name =
		module ? PyUnicode_AsUTF8AndSize(module, NULL) : NULL;

	PyErr_Clear();
	return name && (is_among(name, busy, strlen(name)) ||
			       is_among(name, framework, strcspn(name, ".")));
}

static enum walk_kind decide(PyObject *type)
{
	PyObject *pair;

	for (ssize_t i = 0; i < PyList_Size(kinds); i++) {
		pair = PyList_GetItem(kinds, i);
		if (PyTuple_GetItem(pair, 0) == type)
			return (enum walk_kind)PyLong_AsLong(
				PyTuple_GetItem(pair, 1));
	}
	if (PyType_IsSubtype(type, module_type))
		return WALK_NOTHING;
	if (PyType_GetFlags(type) & IS_CLASS)
		return WALK_CLASS;
	return is_busy(type) ? WALK_LEAF : WALK_INNER;
}

static enum walk_kind find_kind(struct walk *walk, PyObject *type)
{
	size_t i = place_of(type, SLOTS);
	struct kind *met = &walk->met[i];

	if (fixed[i].type == type)
		return fixed[i].kind;
	if (met->type != type || met->number != walk->number)
		*met = (struct kind){type, walk->number, decide(type)};
	return met->kind;
}

/* Whether a class is the module's own. */
static bool leads_on(const struct walk *walk, PyObject *class)
{
	PyObject *module = module_of(class);

	return module && type_of(walk->name) == type_of(module) &&
	       PyObject_RichCompareBool(module, walk->name, IS_EQUAL) == 1;
}

/* Whether to go on from an object: 1, 0, or -1. */
static int goes_on(struct walk *walk, PyObject *object, enum walk_kind kind)
{
	ssize_t size;

	switch (kind) {
	case WALK_FUNCTION:
		return seen_add(walk, PyFunction_GetGlobals(object)) < 0 ? -1
									 : 1;
	case WALK_CONTAINER:
		size = PyObject_Size(object);
		walk->sum = mix(walk->sum, (uint64_t)size);
		return size < 0 ? -1 : size <= LARGE;
	case WALK_CLASS:
		return leads_on(walk, object);
	default:
		return 1;
	}
}

static int look_at_next(PyObject *object, void *data)
{
	return push(data, object);
}

/* Adds an object to the sum, and what it refers to to the next level. */
static int look(struct walk *walk, PyObject *object, bool last)
{
	enum walk_kind kind = find_kind(walk, type_of(object));
	ssize_t hash;
	int answer;

	if (kind == WALK_NOTHING)
		return 0;
	if (kind == WALK_VALUE) {
		hash = PyObject_Hash(object);
		walk->sum = mix(walk->sum, (uint64_t)hash);
		return hash == -1 ? -1 : 0;
	}
	walk->sum = mix(walk->sum, (uintptr_t)object);
	if (kind == WALK_LEAF)
		return 0;
	answer = seen_add(walk, object);
	if (answer > 0)
		answer = goes_on(walk, object, kind);
	if (answer > 0 && !last)
		answer = types_referents(object, look_at_next, &walk->next);
	return answer;
}

/*
 * Identities and values of what a list leads to, breadth first. Returns 1, 0
 * when there is too much of it, or -1 without memory.
 */
static int walk_list(struct walk *walk, PyObject *list)
{
	struct level done;

	walk->sum = 0;
	walk->now.count = 0;
	for (ssize_t i = 0; i < PyList_Size(list); i++)
		if (push(&walk->now, PyList_GetItem(list, i)))
			return -1;
	for (int depth = 0; walk->now.count && depth < DEPTH; depth++) {
		walk->count += walk->now.count;
		if (walk->count > walk->most)
			return 0;
		walk->next.count = 0;
		for (size_t i = 0; i < walk->now.count; i++)
			if (look(walk, walk->now.objects[i],
				    depth == DEPTH - 1) < 0)
				return -1;
		done = walk->now;
		walk->now = walk->next;
		walk->next = done;
	}
	return 1;
}

static int add_all(struct walk *walk, PyObject *list)
{
	for (ssize_t i = 0; i < PyList_Size(list); i++)
		if (seen_add(walk, PyList_GetItem(list, i)) < 0)
			return -1;
	return 0;
}

/* Memory is kept for the next walk, where it is not too much. */
static void end(struct walk *walk)
{
	if (walk->size > ROOM_MOST) {
		free(walk->slots);
		walk->slots = NULL;
		walk->size = 0;
	}
	for (int i = 0; i < 2; i++) {
		struct level *level = i ? &walk->now : &walk->next;

		if (level->room > ROOM_MOST) {
			free(level->objects);
			*level = (struct level){0};
		}
	}
}

/* Nothing else runs meanwhile, so that one for all is enough. */
static struct walk only;

PyObject *walk(PyObject *self, PyObject *args)
{
	PyObject *reached, *hidden, *known;
	struct walk *walk = &only;
	uint64_t sum = 0;
	long most;
	int answer;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOOOl", &reached, &hidden, &known,
		    &walk->name, &most))
		return NULL;
	walk->number++;
	walk->seen = walk->count = 0;
	walk->most = (size_t)most;
	answer = types_have_referents() ? add_all(walk, known) : -1;
	if (answer >= 0)
		answer = walk_list(walk, reached);
	sum = walk->sum;
	if (answer > 0)
		answer = walk_list(walk, hidden);
	end(walk);
	PyErr_Clear();
	if (answer <= 0)
		return Py_BuildValue("(zl)", NULL, most);
	return Py_BuildValue("((KK)l)", sum, walk->sum, (long)walk->count);
}

/* What is entered when a value is called; not held, the value has it. */
static PyObject *inner_function(PyObject *value)
{
	PyObject *type = type_of(value), *inner;

	for (ssize_t i = 0; i < PyTuple_Size(wrappers); i++) {
		PyObject *pair = PyTuple_GetItem(wrappers, i);

		if (PyTuple_GetItem(pair, 0) != type)
			continue;
		inner = PyObject_GetAttrString(
			value, PyBytes_AsString(PyTuple_GetItem(pair, 1)));
		Py_DecRef(inner);
		if (inner)
			return inner;
		PyErr_Clear();
	}
	return value;
}

static bool is_hidden(PyObject *value, PyObject *globals, bool private)
{
	PyObject *function = inner_function(value);

	if (type_of(function) == PyTuple_GetItem(called, 0))
		return PyFunction_GetGlobals(function) == globals;
	for (ssize_t i = 1; i < PyTuple_Size(called); i++)
		if (type_of(function) == PyTuple_GetItem(called, i))
			return false;
	return private;
}

/* How a name begins and ends; gives whether Python gives such names. */
static bool is_special(PyObject *name, bool *hides)
{
	ssize_t size = 0;
	const char *text = NULL;

	if (type_of(name) == type_of(dunder_module))
		text = PyUnicode_AsUTF8AndSize(name, &size);
	PyErr_Clear();
	*hides = text && text[0] == '_';
	return text && size > 1 && text[0] == '_' && text[1] == '_' &&
	       text[size - 1] == '_' && text[size - 2] == '_';
}

PyObject *walk_sort(PyObject *self, PyObject *args)
{
	PyObject *names, *globals, *skipped, *reached, *hidden, *name, *value;
	PyObject *classes = PyList_New(0), *pair;
	int private, hiding, bare, failed = 0;
	bool is_private, hides;
	ssize_t at = 0;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOpppOOO", &names, &globals, &private,
		    &hiding, &bare, &skipped, &reached, &hidden))
		failed = -1;
	else if (PyType_GetFlags(type_of(names)) & IS_CLASS)
		names = types_names(names);
	while (!failed && names && PyDict_Next(names, &at, &name, &value)) {
		if ((is_special(name, &hides) && bare) ||
			PySet_Contains(skipped, name) == 1)
			continue;
		is_private = private || (hiding && hides);
		/* To make a tuple may free memory, and so run code. */
		Py_IncRef(value);
		if (PyType_GetFlags(type_of(value)) & IS_CLASS) {
			pair = Py_BuildValue("Oi", value, is_private);
			failed = pair ? PyList_Append(classes, pair) : -1;
			Py_DecRef(pair);
		} else {
			failed = PyList_Append(
				is_hidden(value, globals, is_private) ? hidden
								      : reached,
				value);
		}
		Py_DecRef(value);
	}
	if (!failed) {
		PyErr_Clear();
		return classes;
	}
	Py_DecRef(classes);
	return NULL;
}

PyObject *walk_kind_of(PyObject *self, PyObject *type)
{
	(void)self;
	return PyLong_FromLong(decide(type));
}

PyObject *walk_start(PyObject *self, PyObject *args)
{
	PyObject *pair;
	size_t place;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOOOOO", &kinds, &busy, &framework,
		    &module_type, &called, &wrappers))
		return NULL;
	Py_IncRef(args);
	dunder_module = PyUnicode_InternFromString("__module__");
	for (ssize_t i = 0; i < PyList_Size(kinds); i++) {
		pair = PyList_GetItem(kinds, i);
		place = place_of(PyTuple_GetItem(pair, 0), SLOTS);
		/* Of two in one place the other is looked for. */
		fixed[place].type = PyTuple_GetItem(pair, 0);
		fixed[place].kind =
			(enum walk_kind)PyLong_AsLong(PyTuple_GetItem(pair, 1));
	}
	return Py_BuildValue("");
}
