/* SPDX-License-Identifier: MIT */
#include "languages/python/reading/variables.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "languages/python/entered/entries.h"
#include "languages/python/extension/calls.h"
#include "languages/python/extension/mix.h"
#include "languages/python/reading/opened.h"

enum { ASK_AGAIN, WAS_SAID, NEVER_MATTERS };

/*
 * What was heard, by a mix of thread, epoch and name: a thread that imports a
 * module is in another scope than the others. A collision asks once more.
 */
#define HEARD 1024u

static struct {
	uint64_t key;
	long answer;
} heard[HEARD];

/* The same of those that never matter, whoever asks, by the name alone. */
static uint64_t never[HEARD];

/* A function, and who hears of a call before it is made. Never freed. */
struct heard_function {
	PyObject *function, *hear;
};

static struct heard_function reader, lister;

/* Returns what was answered, or -1 for an interrupt, which has to travel on. */
static long variables_ask(
	const struct heard_function *to, PyObject *const *args, ssize_t count)
{
	PyObject *answer = calls_on(to->hear, args, count, NULL);
	long number = answer ? PyLong_AsLong(answer) : -1;

	Py_DecRef(answer);
	if (number >= 0)
		return number;
	return calls_forgive() ? -1 : ASK_AGAIN;
}

/* Returns 0, or -1 with an exception that is not ours to swallow. */
static int variables_note(PyObject *const *args)
{
	PyObject *name = args[1];
	ssize_t hash = PyObject_Hash(name);
	uint64_t key, name_key = mix(1, (uint64_t)hash);
	size_t slot;

	if (hash == -1) {
		/* It is no name, and os.environ will say so. */
		PyErr_Clear();
		return 0;
	}
	if (never[name_key % HEARD] == name_key)
		return 0;
	key = mix(mix(entries_epoch(), (uintptr_t)pthread_self()), name_key);
	slot = key % HEARD;
	if (heard[slot].key != key) {
		long answer = variables_ask(&reader, args, 2);

		if (answer == NEVER_MATTERS)
			never[name_key % HEARD] = name_key;
		if (answer <= ASK_AGAIN)
			return (int)answer;
		heard[slot].key = key;
		heard[slot].answer = answer;
	}
	return heard[slot].answer == WAS_SAID ? opened_variable(name) : 0;
}

static PyObject *variables_read_call(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	(void)self;
	if (!here.muted && !names && count == 2 && variables_note(args))
		return NULL;
	return calls_on(reader.function, args, count, names);
}

static PyObject *list_call(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	(void)self;
	if (!names && count == 1 && variables_ask(&lister, args, 1) < 0)
		return NULL;
	return calls_on(lister.function, args, count, names);
}

static struct method_def read_def = {"__getitem__", METHOD(variables_read_call),
	METH_FASTCALL | METH_KEYWORDS, "__getitem__(self, key)\n--\n\n"};
static struct method_def list_def = {
	"keys", METHOD(list_call), METH_FASTCALL | METH_KEYWORDS, NULL};

/* The class makes the qualified name. */
static PyObject *make(struct heard_function *to, struct method_def *def,
	PyObject *args, ssize_t count)
{
	if (PyTuple_Size(args) != count || to->function ||
		!PyInstanceMethod_New) {
		PyErr_SetString(PyExc_TypeError,
			"a function, who hears of it, its class and module");
		return NULL;
	}
	Py_IncRef(args);
	to->function = PyTuple_GetItem(args, 0);
	to->hear = PyTuple_GetItem(args, 1);
	return PyCFunction_NewEx(
		def, PyTuple_GetItem(args, 2), PyTuple_GetItem(args, 3));
}

PyObject *variables_reader(PyObject *self, PyObject *args)
{
	(void)self;
	return make(&reader, &read_def, args, 4);
}

PyObject *variables_lister(PyObject *self, PyObject *args)
{
	(void)self;
	if (PyTuple_Size(args) == 5)
		list_def.doc = PyBytes_AsString(PyTuple_GetItem(args, 4));
	return make(&lister, &list_def, args, 5);
}
