/* SPDX-License-Identifier: MIT */
/*
 * The part of the pytest adapter that has to leave no Python frame behind.
 *
 * A wrapper written in Python shows up in tracebacks and shifts the line a
 * warning is reported for; a wrapper written in C does neither.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runners/pytest/asked.h"
#include "runners/pytest/calls.h"
#include "runners/pytest/entries.h"
#include "runners/pytest/evaluator.h"
#include "runners/pytest/kept.h"
#include "runners/pytest/mix.h"
#include "runners/pytest/opened.h"
#include "runners/pytest/python_api.h"
#include "runners/pytest/types.h"
#include "runners/pytest/variables.h"

__attribute__((visibility("default"))) extern PyObject *
PyInit_ftrace_import_hook(void);

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

static PyObject *none_value(void)
{
	/* The only way to None that does not touch a data symbol's layout. */
	return Py_BuildValue("");
}

/*
 * Drops the pending exception of a callback, and confesses that something may
 * be missing from the record.  An interrupt or an exit that
 * happens to arrive inside one is not the callback's and has to travel on:
 * returns -1 for those.
 */
static int forgive(void)
{
	if (!PyErr_ExceptionMatches(PyExc_Exception))
		return -1;
	PyErr_Clear();
	entries_say("/@ftrace/outcome/lost");
	return 0;
}

/* Says a mark: a path that the tracer reads and the kernel never sees. */
static PyObject *import_hook_say(PyObject *self, PyObject *bytes)
{
	char *path;

	(void)self;
	path = PyBytes_AsString(bytes);
	if (!path)
		return NULL;
	entries_say(path);
	return none_value();
}

/* Says a mark that changes the scope in force: what was seen counts anew. */
static PyObject *shift(PyObject *self, PyObject *bytes)
{
	char *path = PyBytes_AsString(bytes);

	(void)self;
	epoch++;
	if (!path || evaluator_shift(path))
		return NULL;
	return none_value();
}

/*
 * The callable made by around(function, enter, leave): calls enter with the
 * arguments, then function, then leave with what enter and function gave
 * (None for a function that raised).  Result and exception are function's.
 */
static PyObject *around_call(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	PyObject *done, *none, *result, *token;
	PyObject *type = NULL, *value = NULL, *trace = NULL;

	token = calls_on(PyTuple_GetItem(self, 1), args, count, names);
	if (!token && forgive())
		return NULL;
	result = calls_on(PyTuple_GetItem(self, 0), args, count, names);
	if (!token)
		return result;
	if (!result)
		PyErr_Fetch(&type, &value, &trace);
	none = none_value();
	done = calls_on(PyTuple_GetItem(self, 2),
		(PyObject *[]){token, result ? result : none}, 2, NULL);
	Py_DecRef(none);
	Py_DecRef(token);
	if (!done && forgive()) {
		Py_DecRef(result);
		Py_DecRef(type);
		Py_DecRef(value);
		Py_DecRef(trace);
		return NULL;
	}
	Py_DecRef(done);
	if (!result)
		PyErr_Restore(type, value, trace);
	return result;
}

static struct method_def around_def = {
	"wrapped", METHOD(around_call), METH_FASTCALL | METH_KEYWORDS, NULL};

static PyObject *around(PyObject *self, PyObject *args)
{
	(void)self;
	if (PyTuple_Size(args) != 3) {
		PyErr_SetString(PyExc_TypeError, "around takes 3 arguments");
		return NULL;
	}
	return PyCFunction_NewEx(&around_def, args, NULL);
}

/*
 * The callable made by sift(function, keep): calls function, then keep with
 * what it gave. Gives None where keep says no.
 */
static PyObject *sift_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
	PyObject *kept, *result;
	int keep = 1;

	result = PyObject_Call(PyTuple_GetItem(self, 0), args, kwargs);
	if (!result)
		return NULL;
	kept = PyObject_CallFunctionObjArgs(
		PyTuple_GetItem(self, 1), result, NULL);
	if (kept)
		keep = PyObject_IsTrue(kept);
	if ((!kept || keep < 0) && forgive()) {
		Py_DecRef(result);
		return NULL;
	}
	Py_DecRef(kept);
	if (keep)
		return result;
	Py_DecRef(result);
	return none_value();
}

static struct method_def sift_def = {
	"wrapped", METHOD(sift_call), METH_VARARGS | METH_KEYWORDS, NULL};

static PyObject *sift(PyObject *self, PyObject *args)
{
	(void)self;
	if (PyTuple_Size(args) != 2) {
		PyErr_SetString(PyExc_TypeError, "sift takes 2 arguments");
		return NULL;
	}
	return PyCFunction_NewEx(&sift_def, args, NULL);
}

/* A method of a class, made of a function in C, which alone would be none. */
static PyObject *method(PyObject *self, PyObject *function)
{
	(void)self;
	if (!PyInstanceMethod_New) {
		PyErr_SetString(PyExc_TypeError, "no instance methods");
		return NULL;
	}
	return PyInstanceMethod_New(function);
}

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

/* renew(name): forgets which were foreign; None: of whatever name. */
static PyObject *import_hook_renew(PyObject *self, PyObject *name)
{
	uint64_t *top = top_of(name);

	(void)self;
	++*(top ? top : &generation);
	return none_value();
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
	if (!done && forgive())
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

/*
 * import_hook(previous, callback, doc, builtins, name of builtins): makes the
 * function, which can be told from the genuine one by its address alone.
 */
static PyObject *import_hook(PyObject *self, PyObject *args)
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

static struct method_def methods[] = {
	{"say", METHOD(import_hook_say), METH_O, NULL},
	{"shift", METHOD(shift), METH_O, NULL},
	{"around", METHOD(around), METH_VARARGS, NULL},
	{"sift", METHOD(sift), METH_VARARGS, NULL},
	{"method", METHOD(method), METH_O, NULL},
	{"renew", METHOD(import_hook_renew), METH_O, NULL},
	{"import_hook", METHOD(import_hook), METH_VARARGS, NULL},
	{"askers", METHOD(asked_askers), METH_VARARGS, NULL},
	{"evaluate", METHOD(evaluator_evaluate), METH_VARARGS, NULL},
	{"trip", METHOD(evaluator_trip), METH_VARARGS, NULL},
	{"adopt", METHOD(evaluator_adopt), METH_O, NULL},
	{"forked", METHOD(evaluator_forked), METH_VARARGS, NULL},
	{"monitor", METHOD(evaluator_monitor), METH_VARARGS, NULL},
	{"callbacks", METHOD(evaluator_callbacks), METH_O, NULL},
	{"pause", METHOD(evaluator_pause), METH_NOARGS, NULL},
	{"coarse", METHOD(evaluator_coarse), METH_O, NULL},
	{"reader", METHOD(variables_reader), METH_VARARGS, NULL},
	{"lister", METHOD(variables_lister), METH_VARARGS, NULL},
	{"hear_opened", METHOD(opened_hear), METH_O, NULL},
	{"hear_walks", METHOD(opened_hear_walks), METH_O, NULL},
	{"identity", METHOD(opened_identity), METH_O, NULL},
	{"caller", METHOD(opened_caller), METH_O, NULL},
	{"code_of", METHOD(opened_code_of), METH_O, NULL},
	{"kept_start", METHOD(kept_start), METH_VARARGS, NULL},
	{"keep", METHOD(kept_keep), METH_VARARGS, NULL},
	{"made", METHOD(kept_made), METH_O, NULL},
	{"types_start", METHOD(types_start), METH_VARARGS, NULL},
	{"stop", METHOD(evaluator_stop), METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static struct module_def module = {
	.base = {.refcount = 1},
	.name = "ftrace_import_hook",
	.size = -1,
	.methods = methods,
};

PyObject *PyInit_ftrace_import_hook(void)
{
	PyObject *type;

	dunder_name = PyUnicode_InternFromString("__name__");
	if (!dunder_name)
		return NULL;
	type = PyObject_Type(dunder_name);
	Py_DecRef(type);
	if (type_of(dunder_name) != type || !PyEval_GetFrame ||
		!PyFrame_GetBack || !PyFrame_GetCode || !&PyFrame_Type) {
		PyErr_SetString(PyExc_ImportError, "objects are unknown");
		return NULL;
	}
	return PyModule_Create2(&module, ABI_VERSION);
}
