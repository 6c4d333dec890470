/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "languages/python/entered/entries.h"
#include "languages/python/memory/kept_places.h"

#define MARK "/@ftrace/"
#define MARK_MAX 4000
#define SCOPES 64
#define ID_MAX 1000

/* The names that a scope in force has mentioned. */
struct scope {
	struct kept_name **names;
	size_t count, room;
	uint64_t number; /* no two scopes have one */
	uint64_t asked;  /* the look of kept_made(), without a module */
	/* Something was entered in it, or asked for. That may go on when a
	 * scope inside has ended. */
	bool busy;
};

static bool started, looking;

/* What is made, or was until lately; each is held. */
static struct place **made;
static size_t made_count, made_room;

static PyObject *function_of;
static struct scope scopes[SCOPES];
static uint64_t looks, last_number = 1;

/* How many are in force for the thread that collects. */
static unsigned now;

static void kept_take(const struct kept_mention *mention)
{
	struct scope *scope = &scopes[now];
	struct kept_name *name = mention->name;
	uint64_t bit = UINT64_C(1) << now;
	struct kept_name **more;
	size_t room;

	if (mention->how & KEPT_FINDS)
		name->finds |= bit;
	if (mention->how & KEPT_GETS)
		name->gets |= bit;
	if (mention->how & KEPT_IMPORTS)
		name->imports |= bit;
	if (mention->how & KEPT_SETS)
		name->setters |= bit;
	if (name->scopes & bit)
		return;
	if (scope->count == scope->room) {
		room = scope->room * 2 + 256;
		more = realloc(scope->names, room * sizeof(*more));
		if (!more)
			return;
		scope->names = more;
		scope->room = room;
	}
	name->scopes |= bit;
	scope->names[scope->count++] = name;
}

/* Takes in blocks that any thread entered. */
static void kept_entered(struct block *const *entered, unsigned count)
{
	scopes[now].busy |= count > 0;
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < entered[i]->mention_count; k++)
			kept_take(&entered[i]->mentions[k]);
}

bool kept_asked(PyObject *text)
{
	struct kept_name *name = kept_name_of(text);
	bool is_new;

	if (!name || !started || !entries_is_collecting())
		return true;
	scopes[now].busy = true;
	is_new = name->asked_by != scopes[now].number;
	name->asked_by = scopes[now].number;
	kept_take(&(struct kept_mention){name, KEPT_FINDS | KEPT_GETS});
	return is_new;
}

/* Marks */

static const char *kept_text_of(PyObject *bytes)
{
	char *text = bytes ? PyBytes_AsString(bytes) : NULL;

	PyErr_Clear();
	return text ? text : "";
}

static bool is_test(const char *file)
{
	static const char tail[] = "_test.py";
	size_t size = strlen(file), n = sizeof(tail) - 1;

	return !strncmp(file, "test_", 5) || !strcmp(file, "tests.py") ||
	       !strcmp(file, "conftest.py") ||
	       (size > n && !strcmp(file + size - n, tail));
}

/* The path, where it counts. */
static const char *test_path(const struct place *place)
{
	const char *path = places_path(place), *file = strrchr(path, '/');

	return file && is_test(file + 1) ? path : NULL;
}

/* With its folder, by which files of one name are told apart. */
static const char *kept_file_of(const char *path)
{
	const char *file = strrchr(path, '/');

	while (file && file > path && *--file != '/')
		;
	return file ? file + (*file == '/') : path;
}

/*
 * The id of what is in a place. If code reaches it through a global, it is the
 * global and the file of the module. Otherwise all that has one name is one
 * thing, wherever it is, because code that reaches one of these by the name may
 * reach any. Files with tests count one by one: other code hardly reaches what
 * is in them. False: no mark can hold the id.
 */
static bool get_id(const struct place *place, char *id)
{
	const struct kept_name *name = place->names[0];
	const struct kept_name *global = places_global(place);
	const char *path = test_path(place);
	const char *file = kept_file_of(places_path(place));

	if (strpbrk(name->text, "=;,/\n") || strlen(name->text) > ID_MAX / 2)
		return false;
	strcpy(id, name->text);
	if (strpbrk(file, "=;\n") || (global && strpbrk(global->text, "=;,\n")))
		return !path;
	if (global)
		return snprintf(id, ID_MAX, "%s:%s%s%s", file, global->text,
			       global == name ? "" : ".",
			       global == name ? "" : name->text) < ID_MAX;
	return !path ||
	       snprintf(id, ID_MAX, "%s:%s", file, name->text) < ID_MAX;
}

#define ID_TOO_ODD \
	"the name of a value in memory cannot be recorded (it is too long, " \
	"or has a character such as '=')"

/* What was said of that which has the place's id. */
static struct kept_said *said_of(struct place *place)
{
	struct kept_name *name = place->names[0];
	const char *path = test_path(place);

	if (places_global(place))
		return &place->said;
	if (name->said_in != path)
		name->said = (struct kept_said){0};
	name->said_in = path;
	return &name->said;
}

static void say_mark(const char *mark, int size)
{
	if (size > MARK_MAX)
		entries_coarse(
			"the path of a source is too long to be recorded");
	else
		entries_say(mark);
}

/* The scope in force made what is there. */
static void say_made(struct place *place)
{
	struct kept_name *name = place->names[0], *other = place->names[1];
	struct kept_said *said = said_of(place);
	PyObject *value = NULL, *function = NULL;
	char mark[MARK_MAX + 100], id[ID_MAX];

	if (!place->is_called && said->made_by == scopes[now].number)
		return;
	said->made_by = scopes[now].number;
	if (place->is_called)
		value = places_cached(place);
	if (value)
		function =
			PyObject_CallFunctionObjArgs(function_of, value, NULL);
	PyErr_Clear();
	if (!get_id(place, id))
		entries_coarse(ID_TOO_ODD);
	else
		say_mark(mark,
			snprintf(mark, sizeof(mark),
				MARK "kept/%s=%s%s%s;%s/%s", id, name->text,
				other ? "," : "", other ? other->text : "",
				kept_text_of(function), places_path(place)));
	Py_DecRef(function);
	Py_DecRef(value);
}

static void say_use(const struct place *place, const char *verb)
{
	char mark[MARK_MAX + 100], id[ID_MAX];

	if (!get_id(place, id))
		entries_coarse(ID_TOO_ODD);
	else
		say_mark(mark, snprintf(mark, sizeof(mark), MARK "%s/kept/%s",
				       verb, id));
}

/* The scope in force finds what others made. */
static void say_found(struct place *place)
{
	struct kept_said *said = said_of(place);

	if (said->found_by == scopes[now].number)
		return;
	said->found_by = scopes[now].number;
	say_use(place, "use");
}

/* The scope in force may find it: see say_perhaps(). */
static void say_maybe(struct place *place)
{
	struct kept_said *said = said_of(place);

	if (said->maybe_by == looks)
		return;
	said->maybe_by = looks;
	say_use(place, "may");
}

/* Looks */

/* Whether the scope in force reaches what leads to a place. */
static bool kept_is_near(const struct place *place)
{
	uint64_t bit = UINT64_C(1) << now;

	if (place->root && !((place->root->finds | place->root->imports) & bit))
		return false;
	return !place->by_module || places_are_near(place, bit);
}

/* The same, and whether it mentions the place. */
static bool is_found(const struct place *place)
{
	uint64_t bit = UINT64_C(1) << now;

	if (!kept_is_near(place))
		return false;
	for (unsigned i = 0; i < 2 && place->names[i]; i++) {
		const struct kept_name *name = place->names[i];

		if (name->gets & bit ||
			(!place->is_called && name->imports & bit))
			return true;
		/* A global of that name may be another module's. */
		if (!place->by_attribute[i] && name->finds & bit &&
			(place->root || places_are_near(place, bit)))
			return true;
	}
	return false;
}

static bool is_made(const struct place *place)
{
	return !place->gone && place->state != place->base;
}

/* Whether others than the scope in force made what is there. */
static bool is_by_others(const struct place *place)
{
	return place->others || place->filler != scopes[now].number;
}

static void kept_list(struct place *place)
{
	struct place **more;
	size_t room;

	if (place->is_listed)
		return;
	if (made_count == made_room) {
		room = made_room * 2 + 64;
		more = realloc(made, room * sizeof(struct place *));
		if (!more)
			return;
		made = more;
		made_room = room;
	}
	place->is_listed = true;
	places_hold(place);
	made[made_count++] = place;
}

/*
 * The scope may have entered code that reaches names which it does not write.
 * ftrace finds that out later. So say of all that others made that the scope
 * may find it.
 */
static void say_perhaps(void)
{
	uint64_t bit = UINT64_C(1) << now;

	for (size_t i = 0; i < made_count; i++) {
		struct place *place = made[i];

		if (!is_made(place)) {
			place->is_listed = false;
			places_release(place);
			made[i--] = made[--made_count];
		} else if (is_by_others(place) && kept_is_near(place) &&
			   (place->root || places_are_near(place, bit)) &&
			   places_are_there(place)) {
			say_maybe(place);
		}
	}
}

static void kept_look_at(struct place *place)
{
	bool was_made = is_made(place), by_others = is_by_others(place);
	uint64_t number = scopes[now].number, was = place->state;
	enum place_news news;
	bool finds;

	if (place->looked == looks ||
		(place->by_setter &&
			!(place->by_setter->setters & UINT64_C(1) << now)))
		return;
	place->looked = looks;
	news = places_look(place);
	finds = news != PLACE_GONE && was_made && by_others && is_found(place);
	if (finds)
		say_found(place);
	if (news == PLACE_SAME || news == PLACE_GONE || !place->names[0])
		return;
	/* Nothing is left of what was replaced without being looked at. */
	place->others =
		was_made && by_others && (finds || news != PLACE_REPLACED);
	/* A scope inside that is over may have changed what this one had. */
	if (place->filler != number)
		place->began = place->filler > number ? BEGAN_UNKNOWN : was;
	place->filler = number;
	place->changed = looks;
	if (!is_made(place))
		return;
	say_made(place);
	kept_list(place);
}

/* Looks at the places of a name. A look may add some, and move the list. */
static void look_again(struct kept_name *name, unsigned at)
{
	struct place *place = name->places[at].place;

	kept_look_at(place);
	name->places[at].version =
		place->looked == looks && !place->gone && !is_made(place)
			? place->version
			: 0;
}

static void look_name(struct kept_name *name)
{
	struct place *place;

	if (name->looked == looks)
		return;
	name->looked = looks;
	for (unsigned i = 0; i < name->count; i++)
		if (places_rest(&name->places[i]))
			continue;
		else if (name->places[i].place->gone)
			places_drop(name, i--);
		else
			look_again(name, i);
	while ((place = places_next_new()))
		kept_look_at(place);
}

/* Scopes that lie too deep count as one. */
static void kept_begin(unsigned depth)
{
	now = depth < SCOPES ? depth : SCOPES - 1;
	scopes[now].number = ++last_number;
	scopes[now].asked = 0;
	scopes[now].busy = false;
}

static void kept_end(unsigned depth)
{
	struct scope *scope = &scopes[now];
	uint64_t bit = UINT64_C(1) << now;

	for (size_t i = 0; i < scope->count; i++) {
		scope->names[i]->scopes &= ~bit;
		scope->names[i]->finds &= ~bit;
		scope->names[i]->gets &= ~bit;
		scope->names[i]->imports &= ~bit;
		scope->names[i]->setters &= ~bit;
	}
	scope->count = 0;
	scope->busy = false;
	scope->number = ++last_number;
	if (depth > 0 && depth <= now)
		now = depth - 1;
}

/* Looks at the places of all names that the scope in force has mentioned. */
static void look_at_all(void)
{
	PyObject *type, *value, *trace;

	looks++;
	places_begin();
	PyErr_Fetch(&type, &value, &trace);
	say_perhaps();
	for (size_t i = 0; i < scopes[now].count; i++)
		look_name(scopes[now].names[i]);
	PyErr_Clear();
	PyErr_Restore(type, value, trace);
}

void kept_look(
	struct block *const *entered, unsigned count, enum kept_shift shift)
{
	unsigned depth = entries_depth();

	if (!started || looking || !entries_is_collecting())
		return;
	looking = true;
	now = depth < SCOPES ? depth : SCOPES - 1;
	kept_entered(entered, count);
	/* What is said of them stands before what is said here. */
	entries_flush();
	/* Who has done nothing has made and found nothing; what a module does
	 * while it is imported is no function that was entered. */
	if (scopes[now].busy || entries_importing())
		look_at_all();
	if (shift == KEPT_IS_DONE)
		scopes[now].busy = false;
	if (shift == KEPT_BEGINS)
		kept_begin(depth + 1);
	else if (shift == KEPT_ENDS)
		kept_end(depth);
	looking = false;
}

/* Whether the scope in force, or one inside, made it since it asked, and did
 * not put it back. */
static bool is_made_here(const struct place *place)
{
	const struct scope *scope = &scopes[now];

	return is_made(place) && place->filler >= scope->number &&
	       place->changed > scope->asked &&
	       (place->filler != scope->number || place->state != place->began);
}

PyObject *kept_made(PyObject *self, PyObject *names)
{
	const struct owner *top;
	int found = 0;

	(void)self;
	if (PyObject_IsTrue(names) == 0) {
		scopes[now].asked = looks;
		return Py_BuildValue("");
	}
	top = places_top(names);
	if (!top)
		return Py_BuildValue("");
	for (size_t i = 0; i < made_count && found < 2; i++)
		if (is_made_here(made[i]) && places_are_in(made[i], top))
			found = places_are_open(made[i]) ? 2 : 1;
	return PyLong_FromLong(found);
}

PyObject *kept_keep(PyObject *self, PyObject *args)
{
	const char *path;
	PyObject *names;

	(void)self;
	if (!PyArg_ParseTuple(args, "yO", &path, &names))
		return NULL;
	if (!started || looking)
		return Py_BuildValue("");
	looking = true;
	places_forget(names);
	if (PyDict_Size(names) > 0)
		places_keep(names, path,
			PyDict_GetItemString(names, "__name__") != NULL);
	PyErr_Clear();
	looking = false;
	return Py_BuildValue("");
}

PyObject *kept_start(PyObject *self, PyObject *args)
{
	PyObject *types, *class_kind, *attributes_of, *paths_of, *specials_of,
		*default_of, *anew_of, *wrappers;
	PyObject *opcodes;

	(void)self;
	if (!PyArg_ParseTuple(args, "OOOOOOOOOO", &opcodes, &types, &class_kind,
		    &attributes_of, &paths_of, &specials_of, &default_of,
		    &anew_of, &wrappers, &function_of))
		return NULL;
	Py_IncRef(args);
	kept_names_start((unsigned char *)PyBytes_AsString(opcodes));
	places_start(class_kind, attributes_of, paths_of, specials_of,
		default_of, anew_of, wrappers);
	started = kept_state_start(types) && PyFunction_GetClosure &&
		  PyFunction_GetDefaults && PyCell_Get &&
		  PyObject_GenericGetDict;
	for (unsigned i = 0; i < SCOPES; i++)
		scopes[i].number = ++last_number;
	entries_hear = kept_entered;
	PyErr_Clear();
	return Py_BuildValue("");
}
