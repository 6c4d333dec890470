/* SPDX-License-Identifier: MIT */
/*
 * The C part of what is loaded into Python, as one module: what has to leave
 * no Python frame behind, and what Python code cannot get at.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "languages/python/entered/entries.h"
#include "languages/python/entered/evaluator.h"
#include "languages/python/entered/passages.h"
#include "languages/python/extension/python_api.h"
#include "languages/python/extension/quiet.h"
#include "languages/python/extension/wrappers.h"
#include "languages/python/loading/import_hook.h"
#include "languages/python/memory/asked.h"
#include "languages/python/memory/kept.h"
#include "languages/python/memory/kept_names.h"
#include "languages/python/memory/types.h"
#include "languages/python/reading/opened.h"
#include "languages/python/reading/variables.h"

__attribute__((visibility("default"))) extern PyObject *PyInit_extension(void);

/* Says a mark: a path that the tracer reads and the kernel never sees. */
static PyObject *extension_say(PyObject *self, PyObject *bytes)
{
	char *path;

	(void)self;
	path = PyBytes_AsString(bytes);
	if (!path)
		return NULL;
	entries_say(path);
	return Py_BuildValue("");
}

/* Says a mark that changes the scope in force: what was seen counts anew. */
static PyObject *extension_shift(PyObject *self, PyObject *bytes)
{
	char *path = PyBytes_AsString(bytes);

	(void)self;
	import_hook_shift();
	if (!path || evaluator_shift(path))
		return NULL;
	return Py_BuildValue("");
}

static struct method_def methods[] = {
	{"say", METHOD(extension_say), METH_O, NULL},
	{"shift", METHOD(extension_shift), METH_O, NULL},
	{"around", METHOD(wrappers_around), METH_VARARGS, NULL},
	{"sift", METHOD(wrappers_sift), METH_VARARGS, NULL},
	{"method", METHOD(wrappers_method), METH_O, NULL},
	{"renew", METHOD(import_hook_renew), METH_O, NULL},
	{"import_hook", METHOD(import_hook_make), METH_VARARGS, NULL},
	{"askers", METHOD(asked_askers), METH_VARARGS, NULL},
	{"passages", METHOD(passages_start), METH_VARARGS, NULL},
	{"passages_listener", METHOD(passages_listener), METH_O, NULL},
	{"evaluate", METHOD(evaluator_evaluate), METH_VARARGS, NULL},
	{"trip", METHOD(evaluator_trip), METH_VARARGS, NULL},
	{"adopt", METHOD(evaluator_adopt), METH_O, NULL},
	{"forked", METHOD(evaluator_forked), METH_VARARGS, NULL},
	{"monitor", METHOD(evaluator_monitor), METH_VARARGS, NULL},
	{"callbacks", METHOD(evaluator_callbacks), METH_O, NULL},
	{"pause", METHOD(evaluator_pause), METH_O, NULL},
	{"coarse", METHOD(evaluator_coarse), METH_O, NULL},
	{"reader", METHOD(variables_reader), METH_VARARGS, NULL},
	{"lister", METHOD(variables_lister), METH_VARARGS, NULL},
	{"hear_opened", METHOD(opened_hear), METH_O, NULL},
	{"hear_walks", METHOD(opened_hear_walks), METH_O, NULL},
	{"identity", METHOD(quiet_identity), METH_O, NULL},
	{"caller", METHOD(quiet_caller), METH_O, NULL},
	{"code_of", METHOD(quiet_code_of), METH_O, NULL},
	{"kept_start", METHOD(kept_start), METH_VARARGS, NULL},
	{"keep", METHOD(kept_keep), METH_VARARGS, NULL},
	{"made", METHOD(kept_made), METH_O, NULL},
	{"types_start", METHOD(types_start), METH_VARARGS, NULL},
	{"stop", METHOD(evaluator_stop), METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static struct module_def module = {
	.base = {.refcount = 1},
	.name = "extension",
	.size = -1,
	.methods = methods,
};

PyObject *PyInit_extension(void)
{
	PyObject *name = PyUnicode_InternFromString("__name__"), *made;

	if (!name)
		return NULL;
	if (import_hook_start(name) || !PyEval_GetFrame || !PyFrame_GetBack ||
		!PyFrame_GetCode || !&PyFrame_Type) {
		PyErr_SetString(PyExc_ImportError, "objects are unknown");
		return NULL;
	}
	made = PyModule_Create2(&module, ABI_VERSION);
	if (made)
		kept_names_tell(made);
	return made;
}
