/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/asked.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "languages/python/entered/entries.h"
#include "languages/python/extension/calls.h"
#include "languages/python/memory/kept.h"

#define NAME_MAX_SIZE 1000
#define TEXT_SLOTS 1024

static PyObject *is_project, *dunder_file, *dunder_name;

/* Told of a module that another one had. */
static PyObject *hear, *module_type;

/* The genuine functions. */
static PyObject *genuine_getattr, *genuine_hasattr;

/* Of the files, or names, that modules say they have: each text is held. */
static struct {
	PyObject *text;
	bool counts;
} texts[TEXT_SLOTS];

/* Whether it is code of the project that calls, as its globals tell. */
static bool is_by_project(void)
{
	PyObject *globals = PyEval_GetGlobals(), *text, *answer;
	size_t slot;

	text = globals ? PyDict_GetItemWithError(globals, dunder_file) : NULL;
	if (globals && !text)
		text = PyDict_GetItemWithError(globals, dunder_name);
	if (!text)
		return globals != NULL;
	slot = ((uintptr_t)text >> 4) % TEXT_SLOTS;
	if (texts[slot].text == text)
		return texts[slot].counts;
	answer = PyObject_CallFunctionObjArgs(is_project, text, NULL);
	Py_IncRef(text);
	Py_DecRef(texts[slot].text);
	texts[slot].text = text;
	texts[slot].counts = !answer || PyObject_IsTrue(answer) != 0;
	Py_DecRef(answer);
	return texts[slot].counts;
}

static void asked_note(PyObject *name)
{
	PyObject *type, *value, *trace;
	char mark[NAME_MAX_SIZE + 40];
	const char *text;
	ssize_t size = 0;

	PyErr_Fetch(&type, &value, &trace);
	text = is_by_project() ? PyUnicode_AsUTF8AndSize(name, &size) : NULL;
	if (text && kept_asked(name)) {
		if (size > NAME_MAX_SIZE || strlen(text) != (size_t)size ||
			strchr(text, '/') || strchr(text, '\n'))
			text = NULL;
		/* What no mark can hold is no name that is written anywhere. */
		if (text && size) {
			snprintf(mark, sizeof(mark), "/@ftrace/use/asked/%s",
				text);
			entries_say(mark);
		}
	}
	PyErr_Clear();
	PyErr_Restore(type, value, trace);
}

static void note_module(PyObject *module)
{
	PyObject *done = PyObject_CallFunctionObjArgs(hear, module, NULL);

	if (!done) {
		PyErr_Clear();
		entries_say("/@ftrace/outcome/lost");
	}
	Py_DecRef(done);
}

static PyObject *asked_ask(PyObject *genuine, PyObject *const *args,
	ssize_t count, PyObject *names)
{
	PyObject *result;

	if (count >= 2 && !names)
		asked_note(args[1]);
	result = calls_on(genuine, args, count, names);
	if (result && type_of(result) == module_type && count >= 2 &&
		type_of(args[0]) == module_type)
		note_module(result);
	return result;
}

/* What stands in for them; self is builtins, as there. */
static PyObject *ask_getattr(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	(void)self;
	return asked_ask(genuine_getattr, args, count, names);
}

static PyObject *ask_hasattr(
	PyObject *self, PyObject *const *args, ssize_t count, PyObject *names)
{
	(void)self;
	return asked_ask(genuine_hasattr, args, count, names);
}

static struct method_def getattr_def = {
	"getattr", METHOD(ask_getattr), METH_FASTCALL | METH_KEYWORDS, NULL};
static struct method_def hasattr_def = {
	"hasattr", METHOD(ask_hasattr), METH_FASTCALL | METH_KEYWORDS, NULL};

PyObject *asked_askers(PyObject *self, PyObject *args)
{
	PyObject *builtins, *name, *one, *other;

	(void)self;
	if (is_project ||
		!PyArg_ParseTuple(args, "OyOyOOOO", &genuine_getattr,
			&getattr_def.doc, &genuine_hasattr, &hasattr_def.doc,
			&builtins, &name, &is_project, &hear))
		return NULL;
	dunder_file = PyUnicode_InternFromString("__file__");
	dunder_name = PyUnicode_InternFromString("__name__");
	module_type = type_of(builtins);
	/* They may be called to the end: what they are made of stays. */
	Py_IncRef(args);
	one = PyCFunction_NewEx(&getattr_def, builtins, name);
	other = PyCFunction_NewEx(&hasattr_def, builtins, name);
	if (!dunder_file || !dunder_name || !one || !other)
		return NULL;
	return Py_BuildValue("NN", one, other);
}
