/* SPDX-License-Identifier: MIT */
#include "languages/python/entered/warmup.h"

#include <stdbool.h>
#include <string.h>

#define SIZE_OFFSET 16 /* how many instructions there are, of two bytes */
#define BODY_OFFSET 184

static int16_t *counter_of(PyObject *code)
{
	return (int16_t *)((char *)code + WARMUP_OFFSET);
}

static char *body_of(PyObject *code)
{
	return (char *)code + BODY_OFFSET;
}

/* What the code was made with; the code object keeps it. NULL on failure. */
static const char *original_of(PyObject *code, ssize_t *size)
{
	PyObject *bytes = PyCode_GetCode(code);
	char *text = NULL;

	if (!bytes || PyBytes_AsStringAndSize(bytes, &text, size)) {
		PyErr_Clear();
		text = NULL;
	}
	Py_DecRef(bytes);
	return text;
}

int16_t warmup_arm(PyObject *code)
{
	int16_t *counter = counter_of(code);
	const char *original;
	ssize_t size;

	if (*counter == 0) {
		original = original_of(code, &size);
		if (!original)
			return 0;
		memcpy(body_of(code), original, (size_t)size);
	}
	*counter = WARMUP_NEW;
	return *counter;
}

static bool warmup_runs(PyObject *probe, int times)
{
	PyObject *result;

	for (int i = 0; i < times; i++) {
		result = PyObject_CallFunctionObjArgs(probe, NULL);
		PyErr_Clear();
		Py_DecRef(result);
		if (!result)
			return false;
	}
	return true;
}

/* Whether a code object is as it was made, and counts from there. */
static bool is_new(PyObject *code, int16_t counter)
{
	ssize_t size, units = *(ssize_t *)((char *)code + SIZE_OFFSET);
	const char *original = original_of(code, &size);

	return original && size == units * 2 && *counter_of(code) == counter &&
	       memcmp(body_of(code), original, (size_t)size) == 0;
}

/* Whether it is quickened when the counter has come to its end. */
static bool quickens(PyObject *probe, PyObject *code, int16_t from)
{
	return is_new(code, from) && warmup_runs(probe, 1) &&
	       is_new(code, (int16_t)(from + 1)) &&
	       warmup_runs(probe, -from - 2) && is_new(code, -1) &&
	       warmup_runs(probe, 1) && !is_new(code, 0) &&
	       *counter_of(code) == 0 && warmup_runs(probe, 100) &&
	       *counter_of(code) == 0;
}

const char *warmup_start(PyObject *probe)
{
	PyObject *code = PyObject_GetAttrString(probe, "__code__");
	bool fits = sizeof(void *) == 8 && PyCode_GetCode &&
		    quickens(probe, code, WARMUP_NEW);

	Py_DecRef(code); /* the function keeps it */
	for (int i = 0; fits && i < 2; i++)
		fits = warmup_arm(code) == WARMUP_NEW &&
		       quickens(probe, code, WARMUP_NEW);
	return fits ? NULL : "the interpreter's code objects are unknown";
}
