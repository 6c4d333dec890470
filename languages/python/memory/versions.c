/* SPDX-License-Identifier: MIT */
#include "languages/python/memory/versions.h"

#include <stddef.h>

/* Include/cpython/dictobject.h, in every CPython of 64 bits up to 3.13. */
#define VERSION_OFFSET 24
#define LAST_MINOR 13
#define LAST_MINOR_OF_OBJECTS 12

static bool have_versions, have_those_of_objects;

static uint64_t versions_version_of(PyObject *dict)
{
	return *(uint64_t *)((char *)dict + VERSION_OFFSET);
}

static long minor_version(void)
{
	PyObject *info = PySys_GetObject("version_info");
	PyObject *minor = info ? PyTuple_GetItem(info, 1) : NULL;

	return minor ? PyLong_AsLong(minor) : -1;
}

/* Another value, none any more, and another dict with the same in it. */
static bool versions_try_out(PyObject *dict, PyObject *other)
{
	uint64_t seen[4];

	for (long i = 0; i < 3; i++) {
		PyObject *value = PyLong_FromLong(1000 + i);
		int failed =
			value ? PyDict_SetItemString(dict, "a", value) : -1;

		Py_DecRef(value);
		if (failed)
			return false;
		seen[i] = versions_version_of(dict);
		if (PyDict_Size(dict) != 1 ||
			versions_version_of(dict) != seen[i])
			return false;
	}
	if (PyDict_DelItemString(dict, "a"))
		return false;
	seen[3] = versions_version_of(dict);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < i; k++)
			if (seen[i] == seen[k])
				return false;
	return seen[3] != versions_version_of(other) && seen[3];
}

void versions_start(void)
{
	PyObject *dict = Py_BuildValue("{}"), *other = Py_BuildValue("{}");
	long minor = minor_version();

	have_versions = sizeof(void *) == 8 && minor <= LAST_MINOR && dict &&
			other && versions_try_out(dict, other);
	have_those_of_objects = have_versions && minor <= LAST_MINOR_OF_OBJECTS;
	PyErr_Clear();
	Py_DecRef(other);
	Py_DecRef(dict);
}

uint64_t versions_of(PyObject *dict, bool is_of_object)
{
	if (is_of_object ? !have_those_of_objects : !have_versions)
		return 0;
	return versions_version_of(dict);
}
