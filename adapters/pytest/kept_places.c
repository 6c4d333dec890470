/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/kept_places.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/pytest/blocks.h"
#include "adapters/pytest/types.h"

/* So many are looked at; what comes later is not. */
#define PLACES_MOST 500000

/* What objects of a class have to be looked at. */
enum class_kind { NOTHING, OF_PROJECT, OF_OTHERS };

struct owner {
	enum kept_kind kind;
	struct place *holder;          /* NULL: it is a module */
	PyObject *object;              /* a module's names, held; no other is */
	const char *path;              /* of a module */
	PyObject *module;              /* its name, held, or NULL */
	struct kept_name *file, *last; /* of its path, and that name's end */
	bool is_foreign; /* attributes that code of others asks for */
	struct place **places;
	unsigned count, room;
	uint64_t checked;           /* up to when it is known to be there */
	uint64_t made, open;        /* of a module: what scopes made in it */
	struct place *names;        /* of a module, how many */
	struct owner *next, **link; /* of modules */
};

static PyObject *class_kind, *attributes_of, *paths_of, *specials_of, *wrappers;
static unsigned long place_count;

/*
 * While no code runs, what is there stays there: renewed with each look and
 * whenever Python code was called.
 */
static uint64_t moment = 1;
static struct owner *tops;

/* Where functions have their attributes; 0: unknown. */
static long function_names;

/* Those that have to be looked at; each of them is in use. */
static struct place **fresh;
static unsigned fresh_count, fresh_room;

static void take_in(struct owner *owner, bool is_new);

static long find_function_names(PyObject *function)
{
	PyObject *type = PyObject_Type(function);
	PyObject *number = PyObject_GetAttrString(type, "__dictoffset__");
	PyObject *names = PyObject_GetAttrString(function, "__dict__");
	long offset = number ? PyLong_AsLong(number) : 0;

	if (offset <= 0 || *(PyObject **)((char *)function + offset) != names)
		offset = 0;
	PyErr_Clear();
	Py_DecRef(names);
	Py_DecRef(number);
	Py_DecRef(type);
	return offset;
}

void places_start(PyObject *kind, PyObject *attributes, PyObject *paths,
	PyObject *specials, PyObject *inside)
{
	class_kind = kind;
	attributes_of = attributes;
	paths_of = paths;
	specials_of = specials;
	wrappers = inside;
	function_names = find_function_names(kind);
}

static struct owner *top_of(struct owner *owner)
{
	while (owner->holder)
		owner = owner->holder->owner;
	return owner;
}

bool places_are_near(const struct place *place, uint64_t scope)
{
	const struct owner *top = top_of(place->owner);

	return !top->module || !top->file || !top->last ||
	       (top->file->scopes | top->last->scopes) & scope;
}

static struct kept_name *last_name_of(PyObject *module)
{
	const char *text = PyUnicode_AsUTF8AndSize(module, NULL);
	const char *dot = text ? strrchr(text, '.') : NULL;
	PyObject *last =
		text ? PyUnicode_InternFromString(dot ? dot + 1 : text) : NULL;
	struct kept_name *name = last ? kept_name_of(last) : NULL;

	PyErr_Clear();
	Py_DecRef(last);
	return name;
}

void places_pass_made(uint64_t scope, uint64_t outer)
{
	for (struct owner *top = tops; top; top = top->next) {
		top->made |= top->made & scope ? outer : 0;
		top->open |= top->open & scope ? outer : 0;
		top->made &= ~scope;
		top->open &= ~scope;
	}
}

int places_made(PyObject *names, uint64_t scope)
{
	for (const struct owner *top = tops; top; top = top->next)
		if (top->object == names)
			return top->open & scope ? 2 : (top->made & scope) != 0;
	return 0;
}

const char *places_path(const struct place *place)
{
	return top_of(place->owner)->path;
}

/* Calls what was handed over at the start. */
static PyObject *ask(PyObject *function, PyObject *value)
{
	PyObject *answer = PyObject_CallFunctionObjArgs(function, value, NULL);

	moment++;
	return answer;
}

/* What is read of a value, to be released; NULL: it has none of that. */

static PyObject *names_of_object(PyObject *object)
{
	PyObject *names = PyObject_GenericGetDict(object, NULL);

	if (names)
		return names;
	PyErr_Clear();
	names = ask(attributes_of, object);
	if (names && kept_kind_of(names) == KEPT_DICT)
		return names;
	PyErr_Clear();
	Py_DecRef(names);
	return NULL;
}

/* Without making any, as asking for them does. */
static PyObject *names_of_function(PyObject *function)
{
	PyObject *names = NULL;

	if (function_names)
		names = *(PyObject **)((char *)function + function_names);
	if (names)
		Py_IncRef(names);
	return names;
}

static bool has_names(PyObject *object)
{
	PyObject *names = names_of_object(object);

	Py_DecRef(names);
	return names != NULL;
}

static PyObject *names_in(enum kept_kind kind, PyObject *object)
{
	PyObject *names = object;

	if (kind == KEPT_OBJECT)
		return names_of_object(object);
	if (kind == KEPT_FUNCTION)
		return names_of_function(object);
	if (kind == KEPT_CLASS)
		names = types_names(object);
	else if (kind != KEPT_DICT)
		return NULL;
	if (names)
		Py_IncRef(names);
	return names;
}

static PyObject *element_of(PyObject *list, ssize_t number)
{
	PyObject *element = PyList_GetItem(list, number);

	if (!element) {
		PyErr_Clear();
		element = PyTuple_GetItem(list, number);
	}
	if (element)
		Py_IncRef(element);
	return element;
}

static PyObject *value_at(PyObject *dict, ssize_t number)
{
	PyObject *key, *value;
	ssize_t at = 0;

	while (PyDict_Next(dict, &at, &key, &value))
		if (number-- == 0) {
			Py_IncRef(value);
			return value;
		}
	return NULL;
}

static ssize_t count_of(PyObject *tuple)
{
	return tuple ? PyTuple_Size(tuple) : 0;
}

/* Not by what a class of the project says. */
static ssize_t size_of_list(PyObject *list)
{
	ssize_t size = PyList_Size(list);

	if (size >= 0)
		return size;
	PyErr_Clear();
	return PyTuple_Size(list);
}

static PyObject *inside_function(PyObject *function, ssize_t number)
{
	PyObject *cells = PyFunction_GetClosure(function), *value;
	PyObject *defaults = PyFunction_GetDefaults(function);

	if (number < count_of(cells))
		return PyCell_Get(PyTuple_GetItem(cells, number));
	number -= count_of(cells);
	value = number < count_of(defaults) ? PyTuple_GetItem(defaults, number)
					    : NULL;
	if (value)
		Py_IncRef(value);
	return value;
}

static PyObject *inside_wrapper(PyObject *wrapper)
{
	PyObject *type = type_of(wrapper);

	for (ssize_t i = 0; i < PyTuple_Size(wrappers); i++) {
		PyObject *pair = PyTuple_GetItem(wrappers, i);

		if (PyTuple_GetItem(pair, 0) == type)
			return PyObject_GetAttrString(wrapper,
				PyBytes_AsString(PyTuple_GetItem(pair, 1)));
	}
	return NULL;
}

static PyObject *value_by_key(
	enum kept_kind kind, PyObject *object, PyObject *key)
{
	PyObject *names = names_in(kind, object);
	PyObject *value = names ? PyDict_GetItemWithError(names, key) : NULL;

	if (value)
		Py_IncRef(value);
	Py_DecRef(names);
	return value;
}

/* Whether an owner is still what its holder has. */
static bool is_there(struct owner *owner)
{
	PyObject *value;
	bool is;

	if (!owner->holder || owner->checked == moment)
		return true;
	value = places_value(owner->holder);
	is = value == owner->object && kept_kind_of(value) == owner->kind;
	Py_DecRef(value);
	if (is)
		owner->checked = moment;
	return is;
}

void places_begin(void)
{
	moment++;
}

/* The same of one whose owner is there. */
static PyObject *own_value(const struct place *place)
{
	const struct owner *owner = place->owner;
	PyObject *value = NULL;

	if (place->key)
		value = value_by_key(owner->kind, owner->object, place->key);
	else if (owner->kind == KEPT_LIST)
		value = element_of(owner->object, place->number);
	else if (owner->kind == KEPT_DICT)
		value = value_at(owner->object, place->number);
	else if (owner->kind == KEPT_FUNCTION)
		value = inside_function(owner->object, place->number);
	else if (owner->kind == KEPT_WRAPPER || owner->kind == KEPT_CACHE)
		value = inside_wrapper(owner->object);
	PyErr_Clear();
	return value;
}

PyObject *places_value(const struct place *place)
{
	return is_there(place->owner) ? own_value(place) : NULL;
}

PyObject *places_maker(const struct place *place)
{
	struct owner *owner = place->owner;
	PyObject *value;

	if (!is_there(owner))
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

static void put(struct kept_name *name, struct place *place)
{
	struct place **more;
	unsigned room;

	if (!name)
		return;
	if (name->count == name->room) {
		room = name->room ? name->room * 2 : 2;
		more = realloc(name->places, room * sizeof(struct place *));
		if (!more)
			return;
		name->places = more;
		name->room = room;
	}
	name->places[name->count++] = place;
	place->uses++;
}

static void free_place(struct place *place)
{
	place_count--;
	Py_DecRef(place->key);
	free(place);
}

void places_drop(struct kept_name *name, unsigned at)
{
	struct place *place = name->places[at];

	name->places[at] = name->places[--name->count];
	if (--place->uses == 0)
		free_place(place);
}

static void forget(struct owner *owner)
{
	for (unsigned i = 0; i < owner->count; i++) {
		struct place *place = owner->places[i];

		if (place->inner)
			forget(place->inner);
		place->inner = NULL;
		place->gone = true;
		if (!place->uses)
			free_place(place);
	}
	free(owner->places);
	if (!owner->holder) {
		*owner->link = owner->next;
		if (owner->next)
			owner->next->link = owner->link;
		Py_DecRef(owner->object);
		Py_DecRef(owner->module);
	}
	free(owner);
}

void places_forget(struct owner *top)
{
	forget(top);
}

static struct place *add_place(
	struct owner *owner, PyObject *key, ssize_t number)
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
	place->owner = owner;
	place->number = number;
	place->key = key;
	place->depth = holder ? holder->depth + 1 : 0;
	if (key)
		Py_IncRef(key);
	place->is_called =
		owner->kind == KEPT_FUNCTION || owner->kind == KEPT_CACHE;
	/* An object of a class finds what that has by way of itself. */
	if (holder && owner->kind != KEPT_CLASS)
		place->root = holder->root ? holder->root : holder->names[0];
	return place;
}

static bool has(const struct kept_name *name, const struct place *place)
{
	for (unsigned i = 0; i < name->count; i++)
		if (name->places[i] == place)
			return true;
	return false;
}

static void name_place(
	struct place *place, struct kept_name *one, struct kept_name *other)
{
	place->names[0] = one ? one : other;
	place->names[1] = one != other && one ? other : NULL;
	put(place->names[0], place);
	put(place->names[1], place);
}

static struct place *place_with(
	struct owner *owner, PyObject *key, ssize_t number)
{
	for (unsigned i = 0; i < owner->count; i++)
		if (owner->places[i]->key == key &&
			owner->places[i]->number == number)
			return owner->places[i];
	return NULL;
}

/* What a value has in it */

static enum class_kind kind_of_objects(PyObject *type)
{
	PyObject *number = ask(class_kind, type);
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

/* Of what others have too, this module is not the place to look. */
static bool is_own(struct owner *owner, PyObject *class)
{
	PyObject *name = types_module(class), *own = top_of(owner)->module;

	return name && own && same_text(name, own);
}

static bool has_inside(PyObject *value, enum kept_kind kind)
{
	switch (kind) {
	case KEPT_DICT:
		return PyDict_Size(value) <= KEPT_ELEMENTS_MOST;
	case KEPT_LIST:
		return size_of_list(value) <= KEPT_ELEMENTS_MOST;
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

static struct block *block_of(PyObject *function)
{
	PyObject *code = PyObject_GetAttrString(function, "__code__");
	struct block *block = code ? blocks_of(code) : &entries_foreign;

	PyErr_Clear();
	Py_DecRef(code);
	return block;
}

static bool is_named(const struct block *block, const struct kept_name *name)
{
	const char *dot = strrchr(block->name, '.');

	return !strcmp(dot ? dot + 1 : block->name, name->text);
}

static bool is_of_project(PyObject *cache)
{
	PyObject *function = inside_wrapper(cache);
	bool is = !function || kept_kind_of(function) != KEPT_FUNCTION ||
		  block_of(function)->id;

	PyErr_Clear();
	Py_DecRef(function);
	return is;
}

/* What is in the others is got at by the names of these. */
static bool has_own_names(enum kept_kind kind)
{
	return kind == KEPT_CLASS || kind == KEPT_OBJECT;
}

/*
 * A function is called by who mentions what leads to it, where that is not its
 * own name, and by who closes over it.
 */
static void lead(const struct place *place, PyObject *function)
{
	const struct owner *owner = place->owner;
	struct block *block = block_of(function);

	if (!block->id)
		return;
	if (owner->kind == KEPT_FUNCTION && !place->key)
		entries_lead(block, NULL, block_of(owner->object));
	for (; place; place = has_own_names(place->owner->kind)
				      ? NULL
				      : place->owner->holder)
		for (unsigned i = 0; i < 2 && place->names[i]; i++)
			if (!is_named(block, place->names[i]))
				entries_lead(
					block, place->names[i]->text, NULL);
}

/* What Python calls of an object by its own doing. */
static void lead_to_specials(const struct place *place, PyObject *object)
{
	PyObject *list = ask(specials_of, object);

	for (ssize_t i = 0; list && i < PyList_Size(list); i++)
		lead(place, PyList_GetItem(list, i));
	PyErr_Clear();
	Py_DecRef(list);
}

/* Looks into the value of a place, as it is now. */
static void open_place(struct place *place, PyObject *value, bool is_new)
{
	enum kept_kind kind = kept_kind_of(value);
	enum class_kind objects = OF_PROJECT;
	struct owner *owner;

	if (kind == KEPT_FUNCTION)
		lead(place, value);
	if (place->depth >= PLACES_DEPTH || !has_inside(value, kind))
		return;
	if (kind == KEPT_CLASS && !is_own(place->owner, value))
		return;

	if (kind == KEPT_OBJECT)
		objects = kind_of_objects(type_of(value));
	if (kind == KEPT_OBJECT || kind == KEPT_CLASS)
		lead_to_specials(place, value);
	/* What has no attributes is asked once. */
	if (kind == KEPT_OBJECT && objects && !has_names(value))
		return;
	owner = objects ? calloc(1, sizeof(*owner)) : NULL;
	if (!owner)
		return;
	owner->kind = kind;
	owner->holder = place;
	owner->object = value;
	owner->is_foreign = objects == OF_OTHERS;
	place->inner = owner;
	take_in(owner, is_new);
}

static void close_place(struct place *place)
{
	if (place->inner)
		forget(place->inner);
	place->inner = NULL;
}

static void wait_for_look(struct place *place)
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
	place->uses++;
}

struct place *places_next_new(void)
{
	struct place *place;

	while (fresh_count) {
		place = fresh[--fresh_count];
		place->uses--;
		if (!place->gone)
			return place;
		if (!place->uses)
			free_place(place);
	}
	return NULL;
}

/* What is new was not there when its module was loaded. */
static void settle(struct place *place, PyObject *value, bool is_new)
{
	if (value && kept_kind_of(value) == KEPT_CACHE)
		place->is_called = true;
	if (is_new) {
		wait_for_look(place);
		return;
	}
	place->state = place->base = value ? kept_state_of(value) : 0;
	if (value)
		open_place(place, value, false);
}

static void take_element(struct owner *owner, PyObject *key, ssize_t number,
	PyObject *value, bool is_new)
{
	enum kept_kind kind = kept_kind_of(value);
	struct place *place = place_with(owner, key, number);

	if (place && place->inner && place->inner->object == value)
		return;
	if (place)
		close_place(place);
	else if (kind != KEPT_DICT && kind != KEPT_LIST &&
		 has_inside(value, kind))
		place = add_place(owner, key, number);
	if (!place)
		return;
	/* It is only on the way: what has it has its state, too. */
	place->names[0] = owner->holder->names[0];
	place->names[1] = owner->holder->names[1];
	open_place(place, value, is_new);
}

static void take_elements(struct owner *owner, bool is_new)
{
	PyObject *value, *key;
	ssize_t at = 0, number = 0;

	if (owner->kind == KEPT_LIST)
		for (; at < size_of_list(owner->object); at++) {
			value = element_of(owner->object, at);
			if (!value)
				break;
			take_element(owner, NULL, at, value, is_new);
			Py_DecRef(value);
		}
	else
		while (PyDict_Next(owner->object, &at, &key, &value)) {
			/* A key of another kind may have code of its own. */
			bool is_text = kept_name_of(key);

			Py_IncRef(value);
			take_element(owner, is_text ? key : NULL,
				is_text ? 0 : number, value, is_new);
			Py_DecRef(value);
			number++;
		}
}

static void take_names(struct owner *owner, bool is_new);

static void take_inside(struct owner *owner, bool is_new)
{
	struct place *holder = owner->holder, *place;
	PyObject *code = NULL, *names = NULL, *value;
	ssize_t count = 1, cells = 0;

	if (owner->kind == KEPT_FUNCTION) {
		cells = count_of(PyFunction_GetClosure(owner->object));
		count = cells + count_of(PyFunction_GetDefaults(owner->object));
		code = PyObject_GetAttrString(owner->object, "__code__");
		names = code ? PyObject_GetAttrString(code, "co_freevars")
			     : NULL;
	}
	for (ssize_t i = 0; i < count; i++) {
		place = add_place(owner, NULL, i);
		if (!place)
			break;
		name_place(place,
			i < cells && names
				? kept_name_of(PyTuple_GetItem(names, i))
				: NULL,
			holder->names[0]);
		value = own_value(place);
		settle(place, value, is_new);
		Py_DecRef(value);
	}
	PyErr_Clear();
	Py_DecRef(names);
	Py_DecRef(code);
	if (owner->kind == KEPT_FUNCTION)
		take_names(owner, is_new);
}

static bool is_special(PyObject *key)
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

/* Whoever has a module, by whatever name, may put something into it. */
static void name_module(struct kept_name *name, PyObject *module)
{
	PyObject *names = PyModule_GetDict(module);

	for (struct owner *top = tops; names && top; top = top->next)
		if (top->object == names && top->names &&
			!has(name, top->names))
			put(name, top->names);
}

/* One name of a module, a class or an object. */
static void take_name(
	struct owner *owner, PyObject *key, PyObject *value, bool is_new)
{

	struct place *place;

	if (!kept_name_of(key) || is_special(key) || is_of_pytest(key))
		return;
	/* What others keep for themselves was not computed by the project. */
	if (kept_kind_of(value) == KEPT_CACHE && !is_of_project(value))
		return;
	if (kept_kind_of(value) == KEPT_MODULE) {
		name_module(kept_name_of(key), value);
		return;
	}
	place = add_place(owner, key, 0);
	if (!place)
		return;
	name_place(place, kept_name_of(key),
		owner->holder && (owner->is_foreign ||
					 !kept_name_of(key)->is_written)
			? owner->holder->names[0]
			: NULL);
	settle(place, value, is_new);
}

/* How many names it has: by code that is at home there, or has what it is. */
static void take_count(struct owner *owner, PyObject *names)
{
	struct place *place = add_place(owner, NULL, PLACE_NAMES);
	PyObject *paths = NULL, *class = owner->object;

	if (!place)
		return;
	place->state = place->base =
		names ? (uint64_t)PyDict_Size(names) + 1 : 1;
	place->root = NULL;
	if (!owner->holder) {
		owner->names = place;
		put(kept_name_of_path(owner->path), place);
		return;
	}
	if (owner->kind == KEPT_FUNCTION) {
		place->by_setter = owner->holder->names[0];
		put(place->by_setter, place);
		return;
	}
	if (owner->kind == KEPT_OBJECT)
		class = type_of(owner->object);
	put(owner->holder->names[0], place);
	paths = ask(paths_of, class);
	for (ssize_t i = 0; paths && i < PyList_Size(paths); i++)
		put(kept_name_of(PyList_GetItem(paths, i)), place);
	PyErr_Clear();
	Py_DecRef(paths);
}

static void take_names(struct owner *owner, bool is_new)
{
	PyObject *names = names_in(owner->kind, owner->object);
	PyObject *key, *value;
	ssize_t at = 0;

	while (names && PyDict_Next(names, &at, &key, &value)) {
		Py_IncRef(value);
		take_name(owner, key, value, is_new);
		Py_DecRef(value);
	}
	take_count(owner, names);
	Py_DecRef(names);
}

static void take_in(struct owner *owner, bool is_new)
{
	if (!owner->holder || owner->kind == KEPT_CLASS ||
		owner->kind == KEPT_OBJECT)
		take_names(owner, is_new);
	else if (owner->kind == KEPT_DICT || owner->kind == KEPT_LIST)
		take_elements(owner, is_new);
	else
		take_inside(owner, is_new);
}

struct owner *places_of(PyObject *names, const char *path, bool is_module)
{
	struct owner *owner = calloc(1, sizeof(*owner));
	PyObject *name;

	if (!owner)
		return NULL;
	name = is_module ? PyDict_GetItemString(names, "__name__") : NULL;
	owner->kind = KEPT_DICT;
	owner->object = names;
	owner->path = path;
	owner->module = name;
	owner->file = kept_name_of_path(path);
	owner->last = name ? last_name_of(name) : NULL;
	Py_IncRef(names);
	if (name)
		Py_IncRef(name);
	owner->next = tops;
	owner->link = &tops;
	if (tops)
		tops->link = &owner->next;
	tops = owner;
	take_in(owner, false);
	PyErr_Clear();
	return owner;
}

/* Whether code of other files is at home there: they get at what is hidden. */
static bool is_shared(const struct owner *owner, const char *path)
{
	PyObject *class = owner->object, *paths;
	bool shared = false;

	if (owner->kind == KEPT_FUNCTION)
		return !block_of(owner->object)->id ||
		       strcmp(block_of(owner->object)->path, path);
	if (owner->kind == KEPT_OBJECT)
		class = type_of(owner->object);
	else if (owner->kind != KEPT_CLASS)
		return false;
	paths = ask(paths_of, class);
	for (ssize_t i = 0; paths && i < PyList_Size(paths); i++)
		shared |= PyUnicode_CompareWithASCIIString(
				  PyList_GetItem(paths, i), path) != 0;
	PyErr_Clear();
	Py_DecRef(paths);
	return shared;
}

/* The owners on the way are there: it was just looked at. */
void places_note_made(const struct place *place, uint64_t scope)
{
	struct owner *top = top_of(place->owner);
	bool hidden = false, shared = false;

	for (const struct place *at = place; at; at = at->owner->holder) {
		bool is_private = at->names[0] && *at->names[0]->text == '_';

		hidden |= at->owner->kind == KEPT_FUNCTION || is_private;
		shared |= at->owner->holder && is_there(at->owner) &&
			  is_shared(at->owner, top->path);
		/* Nobody else has what leads there. */
		shared &= at->owner->holder || !is_private;
	}
	top->made |= scope;
	if (!hidden || shared ||
		(place->is_called && place->owner->kind != KEPT_FUNCTION))
		top->open |= scope;
}

/* Looks */

/* Takes in the names that were not there before. */
static void look_names(struct place *place)
{
	struct owner *owner = place->owner;
	PyObject *names = names_in(owner->kind, owner->object), *key, *value;
	uint64_t size = names ? (uint64_t)PyDict_Size(names) + 1 : 1;
	ssize_t at = 0;

	if (size > place->state)
		while (PyDict_Next(names, &at, &key, &value)) {
			if (place_with(owner, key, 0))
				continue;
			Py_IncRef(value);
			take_name(owner, key, value, true);
			Py_DecRef(value);
		}
	place->state = place->base = size;
	Py_DecRef(names);
}

/* What it has in it is looked at there, but for what came to it. */
static void renew(struct place *place, PyObject *value)
{
	struct owner *inner = place->inner;
	bool is_new = place->state != place->base;

	if (inner && inner->object == value &&
		(inner->kind == KEPT_DICT || inner->kind == KEPT_LIST)) {
		if (has_inside(value, inner->kind))
			take_elements(inner, is_new);
		return;
	}
	close_place(place);
	open_place(place, value, is_new);
}

enum place_news places_look(struct place *place)
{
	PyObject *value;
	uint64_t state;
	bool is_same;

	if (place->gone || !is_there(place->owner))
		return PLACE_GONE;
	if (!place->key && place->number == PLACE_NAMES) {
		look_names(place);
		return PLACE_SAME;
	}
	value = own_value(place);
	state = value ? kept_state_of(value) : 0;
	is_same = state == place->state;
	place->state = state;
	if (!value)
		close_place(place);
	else if (!is_same || (place->inner && place->inner->object != value))
		renew(place, value);
	Py_DecRef(value);
	PyErr_Clear();
	return is_same ? PLACE_SAME : PLACE_CHANGED;
}
