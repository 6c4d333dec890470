/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/opened.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapters/pytest/blocks.h"
#include "adapters/pytest/entries.h"
#include "adapters/pytest/python_api.h"

#define SAID 4096u
#define MARK_MAX 4000
#define FRAMES_MAX 300

/* Their evaluators come and go, and do not call the one before them. */
static const char *const evaluators[] = {
	"torch._dynamo",
	"torch._C._dynamo",
	"_pydevd_frame_eval.pydevd_frame_evaluator",
};

static void *listening;
static PyObject *none;
static bool has_rival;

/* Something was heard of another interpreter since it was last asked. */
static bool elsewhere;

/* What was said in an epoch, by a mix of block, path and epoch. */
static uint64_t said[SAID];

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

/* The block of the nearest frame that is of the project, or NULL. */
static struct block *nearest_block(void)
{
	PyObject *frame = PyEval_GetFrame();
	struct block *found = NULL;

	Py_IncRef(frame);
	for (int i = 0; frame && i < FRAMES_MAX; i++) {
		PyObject *code = PyFrame_GetCode(frame);
		struct block *block = blocks_of(code);
		PyObject *back;

		Py_DecRef(code);
		if (block != &entries_foreign) {
			found = block;
			break;
		}
		back = PyFrame_GetBack(frame);
		Py_DecRef(frame);
		frame = back;
	}
	Py_DecRef(frame);
	return found && found->id ? found : NULL;
}

/* True when it was said in this epoch; else it is said now. */
static bool was_said(const struct block *block, const char *path)
{
	uint64_t sum =
		entries_epoch() * UINT64_C(0x9e3779b97f4a7c15) + block->id;
	uint64_t *slot;

	for (; *path; path++)
		sum = (sum ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	sum ^= sum >> 31;
	slot = &said[sum % SAID];
	if (*slot == sum)
		return true;
	*slot = sum;
	return false;
}

static void say_memo(const char *given)
{
	char mark[MARK_MAX + 100], cwd[PATH_MAX];
	struct block *block;

	if (here.muted || entries_importing())
		return;
	block = nearest_block();
	if (!block)
		return;
	cwd[0] = '\0';
	if (given[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return;
	if (was_said(block, given))
		return;
	entries_token();
	entries_declare(block);
	if (snprintf(mark, sizeof(mark), "/@ftrace/memo/%s/%u/%s%s%s",
		    entries_token(), block->id, cwd, cwd[0] ? "/" : "",
		    given) <= MARK_MAX)
		entries_say(mark);
}

/* Takes a str or bytes, or None for the current directory. */
static void note_path(PyObject *object)
{
	PyObject *bytes = NULL;
	char *text;

	if (object == none) {
		say_memo(".");
	} else if (object && PyUnicode_FSConverter(object, &bytes)) {
		if (!PyBytes_AsStringAndSize(bytes, &text, NULL) && *text)
			say_memo(text);
		Py_DecRef(bytes);
	}
	/* A descriptor is no path. */
	PyErr_Clear();
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

static int hear(const char *event, PyObject *args, void *data)
{
	(void)data;
	if (!is_here() || !strcmp(event, "cpython.PyInterpreterState_New")) {
		/* Another interpreter need not hold the same lock. */
		__atomic_store_n(&elsewhere, true, __ATOMIC_RELAXED);
		return 0;
	}
	if (event[0] != 'o' && event[0] != 'i')
		return 0;
	if (!strcmp(event, "open")) {
		if ((PyLong_AsLong(PyTuple_GetItem(args, 2)) & O_ACCMODE) !=
			O_WRONLY)
			note_path(PyTuple_GetItem(args, 0));
		PyErr_Clear();
	} else if (!strcmp(event, "os.listdir") ||
		   !strcmp(event, "os.scandir")) {
		note_path(PyTuple_GetItem(args, 0));
	} else if (!strcmp(event, "os.exec")) {
		/* What comes after it knows nothing of what was collected. */
		if (entries_is_collecting())
			entries_flush();
	} else if (!strcmp(event, "import")) {
		note_import(PyTuple_GetItem(args, 0));
	}
	return 0;
}

bool opened_start(void *interpreter)
{
	if (!PySys_AddAuditHook || !PyEval_GetFrame || !PyFrame_GetBack ||
		!PyFrame_GetCode || !PyInterpreterState_Head ||
		!PyInterpreterState_Next ||
		(!PyThreadState_GetUnchecked && !_PyThreadState_UncheckedGet))
		return false;
	listening = interpreter;
	none = Py_BuildValue("");
	/* Another hook may refuse it: it raises then, or all goes on without.
	 */
	if (!PySys_AddAuditHook(hear, NULL))
		return true;
	PyErr_Clear();
	return false;
}
