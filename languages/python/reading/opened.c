/* SPDX-License-Identifier: MIT */
#include "languages/python/reading/opened.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "languages/python/entered/blocks.h"
#include "languages/python/entered/entries.h"
#include "languages/python/entered/tripwires.h"
#include "languages/python/extension/calls.h"
#include "languages/python/extension/mix.h"
#include "languages/python/extension/python_api.h"

#define TOLD 4096u
#define FRAMES_MAX 1000

/* Their evaluators come and go, and do not call the one before them. */
static const char *const evaluators[] = {
	"torch._dynamo",
	"torch._C._dynamo",
	"_pydevd_frame_eval.pydevd_frame_evaluator",
};

static void *listening;
static PyObject *none, *code_type;
static bool has_rival;

/* Something was heard of another interpreter since it was last asked. */
static bool elsewhere;

/* Who hears of files; and what it heard, by a mix of epoch, path and files. */
static PyObject *listener;
static uint64_t told[TOLD];

/* Who hears of walks through all objects. */
static PyObject *walk_listener;

const char *opened_gap(void)
{
	bool heard;

	if (has_rival)
		return "another frame evaluator may be in use";
	/* One that came and went in between has left events behind. */
	heard = __atomic_exchange_n(&elsewhere, false, __ATOMIC_RELAXED);
	if (heard || PyInterpreterState_Head() != listening ||
		PyInterpreterState_Next(listening))
		return "a subinterpreter is running";
	return NULL;
}

/* Adds what a frame has for globals, and its file to the sum. */
static void add_frame(PyObject *list, PyObject *frame, uint64_t *sum)
{
	PyObject *code = PyFrame_GetCode(frame), *globals;
	struct block *block = blocks_of(code);

	Py_DecRef(code);
	if (block == &entries_foreign || block == &entries_own)
		return;
	*sum = mix(*sum, (uintptr_t)(block->path ? block->path : (char *)code));
	globals = PyObject_GetAttrString(frame, "f_globals");
	if (globals)
		PyList_Append(list, globals);
	Py_DecRef(globals);
}

/* The globals of the project's frames on the stack; NULL when out of memory. */
static PyObject *project_globals(uint64_t *sum)
{
	PyObject *frame = PyEval_GetFrame();
	PyObject *list = PyList_New(0);

	Py_IncRef(frame);
	for (int i = 0; list && frame && i < FRAMES_MAX; i++) {
		PyObject *back = PyFrame_GetBack(frame);

		add_frame(list, frame, sum);
		Py_DecRef(frame);
		frame = back;
	}
	Py_DecRef(frame);
	return list;
}

/* True when it was told in this epoch; else it is told now. */
static bool was_told(uint64_t sum, const char *path)
{
	uint64_t *slot;

	sum = mix(sum, entries_epoch());
	for (; *path; path++)
		sum = (sum ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	sum ^= sum >> 31;
	slot = &told[sum % TOLD];
	if (*slot == sum)
		return true;
	*slot = sum;
	return false;
}

/* Returns 0, or -1 for an interrupt, which is not ours to swallow. */
static int opened_tell(PyObject *path, enum opened_kind kind)
{
	PyObject *number, *done, *frames;
	uint64_t sum = kind;
	char *text;

	if (PyBytes_AsStringAndSize(path, &text, NULL) || !*text)
		return 0;
	frames = project_globals(&sum);
	if (!frames || PyList_Size(frames) == 0 || was_told(sum, text)) {
		Py_DecRef(frames);
		return 0;
	}
	number = PyLong_FromLong(kind);
	done = PyObject_CallFunctionObjArgs(
		listener, path, number, frames, NULL);
	Py_DecRef(number);
	Py_DecRef(frames);
	Py_DecRef(done);
	return done ? 0 : calls_forgive();
}

/* Takes a str or bytes, or None for the current directory. */
static int note_path(PyObject *object, enum opened_kind kind)
{
	PyObject *bytes = NULL;
	int code = 0;

	if (!listener || here.muted)
		return 0;
	if (object == none)
		bytes = Py_BuildValue("y", ".");
	else if (!object || !PyUnicode_FSConverter(object, &bytes))
		bytes = NULL; /* a descriptor is no path */
	if (bytes)
		code = opened_tell(bytes, kind);
	Py_DecRef(bytes);
	if (code == 0)
		PyErr_Clear();
	return code;
}

int opened_variable(PyObject *name)
{
	return note_path(name, OPENED_VARIABLE);
}

/* Whether the flags of an event tell of reading what was there before. */
static bool is_reading(PyObject *args)
{
	long flags = PyLong_AsLong(PyTuple_GetItem(args, 2));

	PyErr_Clear();
	return (flags & O_ACCMODE) != O_WRONLY && !(flags & O_TRUNC);
}

static void note_import(PyObject *name)
{
	if (has_rival || !name)
		return;
	for (size_t i = 0; i < sizeof(evaluators) / sizeof(*evaluators); i++)
		if (!PyUnicode_CompareWithASCIIString(name, evaluators[i]))
			has_rival = true;
	if (has_rival)
		entries_gap(opened_gap());
}

/* Whether the calling thread runs in the interpreter that is listened to. */
static bool is_here(void)
{
	void *thread = PyThreadState_GetUnchecked
			       ? PyThreadState_GetUnchecked()
			       : _PyThreadState_UncheckedGet();

	return thread && PyInterpreterState_Get() == listening;
}

/* Code that comes into use, by itself or for a function. */
static void note_code(PyObject *object)
{
	if (object && tripwires_are_set() && type_of(object) == code_type)
		(void)blocks_of(object);
}

static void note_attribute(PyObject *args)
{
	PyObject *name = PyTuple_GetItem(args, 1);

	if (name && !PyUnicode_CompareWithASCIIString(name, "__code__"))
		note_code(PyTuple_GetItem(args, 2));
}

/* Whether an event was one of those about code. */
static bool hear_code(const char *event, PyObject *args)
{
	if (!strcmp(event, "exec") || !strcmp(event, "function.__new__"))
		note_code(PyTuple_GetItem(args, 0));
	else if (!strcmp(event, "object.__setattr__"))
		note_attribute(args);
	else if (!strcmp(event, "_thread.start_new_thread") ||
		 !strcmp(event, "_thread.start_joinable_thread"))
		tripwires_note_thread();
	else
		return false;
	return true;
}

/* Returns 0, or -1 for an interrupt, which is not ours to swallow. */
static int tell_walk(void)
{
	PyObject *done;

	if (!walk_listener || !PyEval_GetFrame())
		return 0;
	done = PyObject_CallFunctionObjArgs(walk_listener, NULL);
	Py_DecRef(done);
	return done ? 0 : calls_forgive();
}

/* gc.get_referents() goes from what its caller has, and no farther. */
static bool opened_is_walk(const char *event)
{
	return !strcmp(event, "gc.get_objects") ||
	       !strcmp(event, "gc.get_referrers") ||
	       !strcmp(event, "sys._current_frames") ||
	       !strcmp(event, "sys._current_exceptions");
}

static int opened_hear_one(const char *event, PyObject *args, void *data)
{
	(void)data;
	if (!is_here() || !strcmp(event, "cpython.PyInterpreterState_New")) {
		/* Another interpreter need not hold the same lock. */
		__atomic_store_n(&elsewhere, true, __ATOMIC_RELAXED);
		return 0;
	}
	if (!strchr("oief_gs", event[0]) || hear_code(event, args))
		return 0;
	if (opened_is_walk(event))
		return tell_walk();
	if (!strcmp(event, "open")) {
		if (is_reading(args))
			return note_path(PyTuple_GetItem(args, 0), OPENED_READ);
	} else if (!strcmp(event, "os.listdir") ||
		   !strcmp(event, "os.scandir")) {
		return note_path(PyTuple_GetItem(args, 0), OPENED_LIST);
	} else if (!strcmp(event, "os.exec")) {
		/* What comes after it knows nothing of what was collected. */
		if (entries_is_collecting()) {
			tripwires_say(entries_importing());
			entries_flush();
		}
	} else if (!strcmp(event, "import")) {
		note_import(PyTuple_GetItem(args, 0));
	}
	return 0;
}

bool opened_start(void *interpreter, PyObject *type_of_code)
{
	if (!PySys_AddAuditHook || !PyEval_GetFrame || !PyFrame_GetBack ||
		!PyFrame_GetCode || !PyInterpreterState_Head ||
		!PyInterpreterState_Next ||
		(!PyThreadState_GetUnchecked && !_PyThreadState_UncheckedGet))
		return false;
	listening = interpreter;
	none = Py_BuildValue("");
	code_type = type_of_code;
	/* Another hook may refuse it: it raises then, or all goes on without.
	 */
	if (!PySys_AddAuditHook(opened_hear_one, NULL))
		return true;
	PyErr_Clear();
	return false;
}

PyObject *opened_hear(PyObject *self, PyObject *function)
{
	(void)self;
	Py_IncRef(function);
	listener = function;
	return Py_BuildValue("");
}

PyObject *opened_hear_walks(PyObject *self, PyObject *function)
{
	(void)self;
	Py_IncRef(function);
	walk_listener = function;
	return Py_BuildValue("");
}
