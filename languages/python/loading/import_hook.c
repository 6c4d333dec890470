/* SPDX-License-Identifier: MIT */
#include "languages/python/loading/import_hook.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "languages/python/extension/calls.h"
#include "languages/python/extension/mix.h"

/*
 * Imports already reported, by a mix of everything that decides what an
 * import statement means.  A collision costs one more report; a stale entry
 * is not possible, because every change of scope changes the epoch.
 */
#define SEEN_SLOTS 4096

static uint64_t seen[SEEN_SLOTS];
static uint64_t epoch = 1;
static PyObject *dunder_name;

/*
 * Modules that were found to have nothing to do with the project, by name:
 * most imports inside functions are of such.  The module is compared, never
 * used: one of the project may have come under the name since.  Forgotten, by a
 * new generation, whenever a module is loaded whose name begins with the same
 * part, and as a whole where what is loaded may have any name.
 */
#define FOREIGN_SLOTS 1024
#define TOPS 256

struct foreign {
	uint64_t key;
	PyObject *module;
};

static struct foreign foreign[FOREIGN_SLOTS];
static uint64_t generation = 1, generation_of[TOPS];

/* The import function that was there before, and who hears of imports. */
static PyObject *previous_import;
static PyObject *note_import;

/* The table's key for one import, 0 where none can be made. */
static uint64_t import_key(
	PyObject *name, PyObject *globals, PyObject *fromlist, long level)
{
	PyObject *importer = NULL;
	uint64_t sum = epoch;
	ssize_t hash;

	hash = PyObject_Hash(name);
	if (hash == -1)
		return 0;
	sum = mix(sum, (uint64_t)hash);
	if (globals)
		importer = PyDict_GetItemWithError(globals, dunder_name);
	if (importer) {
		hash = PyObject_Hash(importer);
		if (hash == -1)
			return 0;
		sum = mix(sum, (uint64_t)hash);
	}
	if (fromlist) {
		/* A list cannot be hashed, and then is reported each time. */
		hash = PyObject_Hash(fromlist);
		if (hash == -1)
			return 0;
		sum = mix(sum, (uint64_t)hash);
	}
	sum = mix(sum, (uint64_t)level);
	return sum ? sum : 1;
}

/* The generation of what shares the first part of a name, or NULL. */
static uint64_t *top_of(PyObject *name)
{
	const char *text = NULL;
	uint64_t sum = 0;

	if (type_of(name) == type_of(dunder_name))
		text = PyUnicode_AsUTF8AndSize(name, NULL);
	for (; text && *text && *text != '.'; text++)
		sum = sum * 31 + (unsigned char)*text;
	PyErr_Clear();
	return text ? &generation_of[sum % TOPS] : NULL;
}

/* The place of an absolute name in the table of foreign modules, or NULL. */
static struct foreign *foreign_slot(PyObject *name, uint64_t *key)
{
	uint64_t *top = top_of(name);

	if (!top)
		return NULL;
	*key = mix(mix(generation, *top), (uint64_t)PyObject_Hash(name));
	return &foreign[*key % FOREIGN_SLOTS];
}

/* The module of that name now; borrowed, to be compared only. */
static PyObject *module_named(PyObject *name)
{
	PyObject *module;

	module = PyDict_GetItemWithError(PyImport_GetModuleDict(), name);
	if (!module)
		PyErr_Clear();
	return module;
}

static int import_hook_is_foreign(PyObject *name, long level)
{
	struct foreign *slot;
	uint64_t key;

	if (level)
		return 0;
	slot = foreign_slot(name, &key);
	return slot && slot->key == key && slot->module &&
	       slot->module == module_named(name);
}

static void set_foreign(PyObject *name)
{
	struct foreign *slot;
	uint64_t key;

	slot = foreign_slot(name, &key);
	if (!slot)
		return;
	slot->key = key;
	slot->module = module_named(name);
}

PyObject *import_hook_renew(PyObject *self, PyObject *name)
{
	uint64_t *top = top_of(name);

	(void)self;
	++*(top ? top : &generation);
	return Py_BuildValue("");
}

/* Has an import heard of, which is not known to be of no interest. */
static int import_hook_note(
	PyObject *name, PyObject *globals, PyObject *fromlist, PyObject *number)
{
	PyObject *done, *zero = PyLong_FromLong(0);

	done = calls_on(note_import,
		(PyObject *[]){name, globals ? globals : zero,
			fromlist ? fromlist : zero, number ? number : zero},
		4, NULL);
	Py_DecRef(zero);
	if (!done && calls_forgive())
		return -1;
	if (done && PyObject_IsTrue(done) == 1)
		set_foreign(name);
	Py_DecRef(done);
	return 0;
}

/* What stands in for builtins.__import__; self is builtins, as there. */
static PyObject *import_call(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	PyObject *fromlist, *globals, *name, *number, *result;
	uint64_t key, *slot;
	long level = 0;

	(void)self;
	result = calls_on(previous_import, args, count, names);
	if (!result)
		return NULL;
	name = calls_argument(args, count, names, 0, "name");
	number = calls_argument(args, count, names, 4, "level");
	if (!name)
		return result;
	if (number)
		level = PyLong_AsLong(number);
	if (import_hook_is_foreign(name, level))
		return result;
	globals = calls_argument(args, count, names, 1, "globals");
	fromlist = calls_argument(args, count, names, 3, "fromlist");
	/* Without the importer's names only the stack tells who it is. */
	key = globals ? import_key(name, globals, fromlist, level) : 0;
	PyErr_Clear();
	slot = &seen[key % SEEN_SLOTS];
	if (key && *slot == key)
		return result;
	if (key)
		*slot = key;
	if (import_hook_note(name, globals, fromlist, number)) {
		Py_DecRef(result);
		return NULL;
	}
	return result;
}

static struct method_def import_def = {
	"__import__", METHOD(import_call), METH_FASTCALL | METH_KEYWORDS, NULL};

PyObject *import_hook_make(PyObject *self, PyObject *args)
{
	(void)self;
	if (PyTuple_Size(args) != 5 || previous_import) {
		PyErr_SetString(
			PyExc_TypeError, "import_hook takes 5 arguments, once");
		return NULL;
	}
	import_def.doc = PyBytes_AsString(PyTuple_GetItem(args, 2));
	if (!import_def.doc)
		return NULL;
	/* The function may be called to the end: its parts are never freed. */
	Py_IncRef(args);
	previous_import = PyTuple_GetItem(args, 0);
	note_import = PyTuple_GetItem(args, 1);
	return PyCFunction_NewEx(&import_def, PyTuple_GetItem(args, 3),
		PyTuple_GetItem(args, 4));
}

void import_hook_shift(void)
{
	epoch++;
}

int import_hook_start(PyObject *name)
{
	PyObject *type = PyObject_Type(name);
	bool known = type_of(name) == type;

	dunder_name = name;
	Py_DecRef(type);
	return known ? 0 : -1;
}
