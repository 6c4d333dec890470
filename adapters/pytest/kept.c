/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/kept.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/pytest/changes.h"
#include "adapters/pytest/entries.h"
#include "adapters/pytest/kept_module.h"
#include "adapters/pytest/kept_places.h"
#include "adapters/pytest/kept_source.h"
#include "adapters/pytest/sight.h"
#include "adapters/pytest/types.h"

/* What is found on the way down from a module. */
struct way {
	struct kept_source *source;
	PyObject *module; /* its name */
	PyObject *keys[PLACES_DEPTH + 1];
	bool through_class;
	unsigned shown;   /* the keys that may be written somewhere */
	PyObject *holder; /* the function that all of it is the cache of */
	bool quiet;       /* what is new is only taken in */
	PyObject *news;
};

static const char untold[] = "what is kept in memory cannot be told";
static uint64_t looks;
static bool looking;

static PyObject *told, *later, *dunder_name;

/* To whom it is told: the scope in force, the one that waits. */
enum { TO_SCOPE = 1, TO_WAITING = 2 };

/* The scope in the middle of which a module is being loaded. */
static struct {
	unsigned depth; /* its number; 0: there is none */
	bool settled;   /* it was looked at, and the rest as ever */
	bool owed;      /* something was told later() */
	uint64_t total; /* how much had been entered */
	struct kept_sources sources; /* to be looked at */
} waiting;

/* Of what was said before the scope changed, as there was so much. */
static struct kept_sources said;

static void look_names(struct way *way, struct node **node, PyObject *names,
	bool lasting, unsigned depth);
static void look_at(struct way *way, struct place *place, PyObject *key,
	PyObject *value, unsigned depth);

/* Tells by which names a place is got at. */
static void report(struct way *way, unsigned depth)
{
	PyObject *names, *pair;

	if (way->quiet)
		return;
	names = PyList_New(0);
	for (unsigned i = way->through_class && depth; names && i <= depth; i++)
		if (way->keys[i] && i < way->shown)
			PyList_Append(names, way->keys[i]);
	pair = names ? Py_BuildValue("yNO", way->source->path,
			       PyList_AsTuple(names),
			       way->holder ? way->holder : told)
		     : NULL;
	if (pair && !way->news)
		way->news = PyList_New(0);
	if (pair && way->news)
		PyList_Append(way->news, pair);
	Py_DecRef(pair);
	Py_DecRef(names);
}

/* What to look at again and again of a value that was not there before. */
static enum sight first_sight(const struct way *way, PyObject *value)
{
	enum sight sight = sight_of(value);
	PyObject *inner;

	switch (sight) {
	case SIGHT_CLASS:
		/* What others have is looked at there. */
		if (!sight_is_of(value, sight, way->module))
			return SIGHT_NOTHING;
		return sight;
	case SIGHT_FUNCTION:
		/* One that another file's function made is nowhere else. */
		if (sight_has_inside(value))
			return SIGHT_CLOSURE;
		if (!sight_is_of(value, sight, way->module))
			return SIGHT_NOTHING;
		return sight;
	case SIGHT_WRAPPED:
		inner = sight_unwrap(value);
		if (inner && sight_of(inner) == SIGHT_FUNCTION &&
			!sight_has_inside(inner))
			sight = SIGHT_NOTHING;
		Py_DecRef(inner);
		return inner ? sight : SIGHT_NOTHING;
	case SIGHT_FOREIGN:
		/* What others keep there has to do with what they do. */
		return way->module ? sight : SIGHT_NOTHING;
	default:
		return sight;
	}
}

/* What is in it is got at by the name of the whole. */
static void look_inside(
	struct way *way, struct place *place, PyObject *inner, unsigned depth)
{
	struct node *node = places_of(&place->below);
	struct place *found = node ? places_at(node, 0) : NULL;

	if (found && inner)
		look_at(way, found, NULL, inner, depth);
}

static void look_closure(struct way *way, struct place *place, unsigned depth)
{
	PyObject *cells = PyFunction_GetClosure(place->value);
	PyObject *defaults = PyFunction_GetDefaults(place->value);
	ssize_t count = cells ? PyTuple_Size(cells) : 0;
	ssize_t more = defaults ? PyTuple_Size(defaults) : 0;
	struct node *node = places_of(&place->below);

	for (ssize_t i = 0; node && i < count + more; i++) {
		struct place *found = places_at(node, (size_t)i);
		PyObject *value =
			i < count ? PyCell_Get(PyTuple_GetItem(cells, i))
				  : PyTuple_GetItem(defaults, i - count);

		/* One that is empty so far is something else later. */
		if (found)
			look_at(way, found, NULL, value ? value : told, depth);
		if (i < count)
			Py_DecRef(value);
	}
}

static bool is_function(enum sight sight)
{
	return sight == SIGHT_CACHE || sight == SIGHT_FUNCTION ||
	       sight == SIGHT_CLOSURE || sight == SIGHT_WRAPPED;
}

static void look_below(struct way *way, struct place *place, unsigned depth)
{
	PyObject *inner;

	switch (place->sight) {
	case SIGHT_CLOSURE:
		look_closure(way, place, depth + 1);
		break;
	case SIGHT_WRAPPED:
		inner = sight_unwrap(place->value);
		look_inside(way, place, inner, depth + 1);
		Py_DecRef(inner);
		break;
	case SIGHT_CLASS:
		inner = types_names(place->value);
		if (inner)
			look_names(way, &place->below, inner, true, depth + 1);
		break;
	case SIGHT_OBJECT:
	case SIGHT_FOREIGN:
		inner = sight_attributes(place->value);
		if (inner)
			look_names(way, &place->below, inner, false, depth + 1);
		else
			place->sight = SIGHT_NOTHING;
		Py_DecRef(inner);
		break;
	default:
		break;
	}
}

/* Functions of its class can lie in other files: they keep things in it. */
static void note_kin(const struct way *way, PyObject *value, enum sight sight)
{
	PyObject *paths =
		sight_paths(sight == SIGHT_OBJECT ? type_of(value) : value);

	for (ssize_t i = 0; paths && i < PyList_Size(paths); i++) {
		const char *path = PyBytes_AsString(PyList_GetItem(paths, i));

		if (path)
			kept_source_add_kin(kept_source_of(path), way->source);
	}
	PyErr_Clear();
	Py_DecRef(paths);
}

/* Who has a module at hand may put things into it. */
static void note_module(const struct way *way, PyObject *value)
{
	PyObject *paths = sight_paths(value);
	const char *path = paths && PyList_Size(paths)
				   ? PyBytes_AsString(PyList_GetItem(paths, 0))
				   : NULL;

	if (path)
		kept_source_add_kin(way->source, kept_source_of(path));
	PyErr_Clear();
	Py_DecRef(paths);
}

static void put(const struct way *way, struct place *place, PyObject *key,
	PyObject *value)
{
	if (place->sight == SIGHT_VALUE)
		Py_DecRef(place->value);
	places_free(place->below);
	*place = (struct place){key, value, first_sight(way, value), 0, NULL};
	if (place->sight == SIGHT_VALUE)
		Py_IncRef(value);
	if (place->sight == SIGHT_CLASS || place->sight == SIGHT_OBJECT ||
		place->sight == SIGHT_CLOSURE || place->sight == SIGHT_CACHE)
		note_kin(way, value, place->sight);
	else if (sight_is_module(value))
		note_module(way, value);
}

/* Tells when a value is fresh or, where it was there before, has more. */
static void look_value(struct way *way, struct place *place, PyObject *key,
	PyObject *value, bool fresh, unsigned depth)
{
	bool quiet = way->quiet;
	PyObject *holder = way->holder;
	unsigned shown = way->shown;
	uint64_t sum;

	/* To look may free memory, and so run code that drops them. */
	Py_IncRef(key);
	Py_IncRef(value);
	way->keys[depth] = key;
	if (fresh)
		put(way, place, key, value);
	if (depth == 0)
		way->through_class = place->sight == SIGHT_CLASS;
	/* Another function under its name is what whoever put it there made. */
	if (!holder && !fresh && is_function(place->sight))
		way->holder = value;
	sum = sight_sum(value, place->sight);
	if ((fresh && !sight_is_module(value)) || sum != place->sum)
		report(way, depth);
	place->sum = sum;
	way->quiet |= fresh;
	if (place->sight == SIGHT_FOREIGN && way->shown > depth + 1)
		way->shown = depth + 1;
	if (depth < PLACES_DEPTH)
		look_below(way, place, depth);
	way->quiet = quiet;
	way->shown = shown;
	way->holder = holder;
	Py_DecRef(value);
	Py_DecRef(key);
}

/* Looks at what a name stands for; tells when it, or what it has, is new. */
static void look_at(struct way *way, struct place *place, PyObject *key,
	PyObject *value, unsigned depth)
{
	bool fresh = place->value != value || !places_is_still(place);

	if (fresh || (place->sight > SIGHT_VALUE &&
			     !places_have_as_much(place, depth)))
		look_value(way, place, key, value, fresh, depth);
}

/*
 * Where no name came, went or was given something else, only what the values
 * have can be new. Returns false when there may be more.
 */
static bool look_again(
	struct way *way, struct node *node, PyObject *names, unsigned depth)
{
	uint64_t version = node->version;

	if (!version || node->names != names ||
		changes_version(names) != version)
		return false;
	for (size_t i = 0; i < node->count; i++) {
		struct place *place = &node->places[i];

		if (place->sight <= SIGHT_VALUE || places_is_bare(place))
			continue;
		if (!places_have_as_much(place, depth))
			look_value(way, place, place->key, place->value, false,
				depth);
		/* To look may free memory, and so run code. */
		if (changes_version(names) != version)
			return false;
	}
	return true;
}

/* Returns false when other names are there than were. */
static bool look_over(
	struct way *way, struct node *node, PyObject *names, unsigned depth)
{
	PyObject *key, *value;
	ssize_t at = 0;
	size_t i = 0;

	while (PyDict_Next(names, &at, &key, &value)) {
		struct place *place;

		if (i == node->count || node->places[i].key != key)
			return false;
		place = &node->places[i++];
		if (place->sight != SIGHT_SPECIAL)
			look_at(way, place, key, value, depth);
	}
	return i == node->count;
}

/* Lasting: they are those of a module or a class. */
static void look_names(struct way *way, struct node **node, PyObject *names,
	bool lasting, unsigned depth)
{
	uint64_t version = lasting ? changes_version(names) : 0;

	if (!places_of(node) || look_again(way, *node, names, depth))
		return;
	if (!look_over(way, *node, names, depth)) {
		places_renew(*node, names);
		if (!look_over(way, *node, names, depth))
			version = 0;
	}
	(*node)->names = names;
	(*node)->version = version;
}

static PyObject *look_module(
	struct kept_source *source, struct module *module, bool quiet)
{
	struct way way = {
		.source = source, .quiet = quiet, .shown = PLACES_DEPTH + 1};

	places_begin();
	way.module = PyDict_GetItemWithError(module->names, dunder_name);
	Py_IncRef(way.module);
	look_names(&way, &module->node, module->names, true, 0);
	Py_DecRef(way.module);
	return way.news;
}

static int tell(PyObject *callback, PyObject *news)
{
	PyObject *done;

	for (ssize_t i = 0; i < PyList_Size(news); i++) {
		done = PyObject_Call(callback, PyList_GetItem(news, i), NULL);
		if (!done)
			return -1;
		Py_DecRef(done);
	}
	return 0;
}

static int look_source(struct kept_source *source, unsigned to)
{
	PyObject *news;
	int code = 0;

	if (!source || source->looked == looks)
		return 0;
	source->looked = looks;
	for (struct module *module = source->modules; code == 0 && module;
		module = module->next) {
		news = look_module(source, module, false);
		PyErr_Clear();
		if (news && (to & TO_SCOPE))
			code = tell(told, news);
		if (news && code == 0 && (to & TO_WAITING)) {
			waiting.owed = true;
			code = tell(later, news);
		}
		Py_DecRef(news);
	}
	return code;
}

/* And at those that have objects of its classes. */
static int look_around(struct kept_source *source, unsigned to)
{
	int code = look_source(source, to);

	for (size_t i = 0; code == 0 && source && i < source->kin.count; i++)
		code = look_source(source->kin.list[i], to);
	return code;
}

static int look_sources(const struct kept_sources *sources, unsigned to)
{
	int code = 0;

	for (size_t i = 0; code == 0 && i < sources->count; i++)
		code = look_around(sources->list[i], to);
	return code;
}

void kept_said(struct block *const *entered, unsigned count)
{
	for (unsigned i = 0; told && i < count; i++)
		if (!kept_sources_add(&said, entered[i]->kept))
			entries_gap(untold);
}

/* Whether the look can wait: what was entered is remembered for it. */
static bool wait_for(struct block *const *entered, unsigned count)
{
	unsigned depth = entries_depth();

	/* A module that the one that is being loaded imports, for its part. */
	if (waiting.depth && waiting.depth < depth)
		return !waiting.settled && waiting.total == entries_total();
	if (!depth || waiting.depth > depth)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!kept_sources_add(&waiting.sources, entered[i]->kept))
			return false;
	for (size_t i = 0; i < said.count; i++)
		if (!kept_sources_add(&waiting.sources, said.list[i]))
			return false;
	said.count = 0;
	waiting.depth = depth;
	waiting.settled = false;
	waiting.total = entries_total();
	return true;
}

/* The scope that waited is in force again. */
static int take_up(void)
{
	PyObject *done;
	int code = 0;

	if (waiting.owed) {
		done = PyObject_CallFunctionObjArgs(later, NULL);
		code = done ? 0 : -1;
		Py_DecRef(done);
	}
	if (code == 0)
		code = look_sources(&waiting.sources, TO_SCOPE);
	waiting.depth = 0;
	waiting.owed = false;
	waiting.sources.count = 0;
	return code;
}

static int look(struct block *const *entered, unsigned count)
{
	unsigned depth = entries_depth(), to = TO_SCOPE;
	bool ended = depth < waiting.depth;
	int code = 0;

	if (depth > waiting.depth && waiting.depth && !waiting.settled) {
		/* Either may have made what is there now. */
		to = TO_SCOPE | TO_WAITING;
		code = look_sources(&waiting.sources, to);
		waiting.total = entries_total();
	} else if (depth <= waiting.depth) {
		code = take_up() || ended ? -1 : 0;
	}
	for (unsigned i = 0; code == 0 && i < count; i++)
		code = look_around(entered[i]->kept, to);
	if (code == 0)
		code = look_sources(&said, to);
	if (code == 0)
		code = look_source(kept_source_of(""), to);
	said.count = 0;
	return code;
}

/* Whether the scope in force may have made anything new. */
static bool may_have_news(bool entered)
{
	if (!waiting.depth)
		return entered;
	if (entries_depth() <= waiting.depth)
		return true;
	return waiting.settled ? entered : waiting.total != entries_total();
}

int kept_look(struct block *const *entered, unsigned count, bool waits)
{
	PyObject *type, *value, *trace;
	int code;

	if (!told || looking || !entries_is_collecting())
		return 0;
	if (waits && wait_for(entered, count))
		return 0;
	if (!may_have_news(count || said.count))
		return 0;
	looking = true;
	looks++;
	PyErr_Fetch(&type, &value, &trace);
	code = look(entered, count);
	PyErr_Clear();
	PyErr_Restore(type, value, trace);
	looking = false;
	return code;
}

/* What waits to be looked at waits no more. */
static void settle(void)
{
	if (!waiting.depth || waiting.settled || looking ||
		!entries_is_collecting() || entries_depth() <= waiting.depth)
		return;
	looking = true;
	looks++;
	if (look_sources(&waiting.sources, TO_SCOPE | TO_WAITING) ||
		look_source(kept_source_of(""), TO_SCOPE | TO_WAITING))
		entries_gap(untold);
	PyErr_Clear();
	waiting.settled = true;
	looking = false;
}

PyObject *kept_apart(PyObject *self, PyObject *args)
{
	struct kept_source *source;
	const char *path;
	int whether;

	(void)self;
	if (!PyArg_ParseTuple(args, "yi", &path, &whether))
		return NULL;
	source = kept_source_of(path);
	if (source)
		source->apart = whether;
	if (!whether)
		settle();
	return Py_BuildValue("");
}

PyObject *kept_keep(PyObject *self, PyObject *args)
{
	struct kept_source *source;
	struct module **module;
	const char *path;
	PyObject *names;

	(void)self;
	if (!PyArg_ParseTuple(args, "yO", &path, &names))
		return NULL;
	source = told ? kept_source_of(path) : NULL;
	if (!source)
		return Py_BuildValue("");
	module = &source->modules;
	while (*module && (*module)->names != names)
		module = &(*module)->next;
	if (PyDict_Size(names) == 0) {
		/* A look that is going on may be at it: it finds nothing. */
		if (*module && !looking)
			kept_module_forget(module);
	} else if ((*module || kept_module_add(module, names)) && !looking) {
		looking = true;
		Py_DecRef(look_module(source, *module, true));
		looking = false;
	}
	PyErr_Clear();
	return Py_BuildValue("");
}

PyObject *kept_attributes(PyObject *self, PyObject *object)
{
	PyObject *names = told ? sight_attributes(object) : NULL;

	(void)self;
	return names ? names : Py_BuildValue("");
}

PyObject *kept_start(PyObject *self, PyObject *args)
{
	PyObject *callback, *rest;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOO", &callback, &later, &rest))
		return NULL;
	Py_IncRef(args);
	dunder_name = PyUnicode_InternFromString("__name__");
	if (dunder_name && sight_start(rest))
		told = callback;
	PyErr_Clear();
	return Py_BuildValue("");
}
