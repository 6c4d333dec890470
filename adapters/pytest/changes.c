/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/changes.h"

#include <stddef.h>

bool changes_have_version;

/* Where a function has its attributes; 0: unknown. */
long changes_names_offset;

static uint64_t read_version(PyObject *dict)
{
	return *(uint64_t *)((char *)dict + CHANGES_VERSION_OFFSET);
}

/* Whether each change, and no look, gives a dict another version. */
static bool is_renewed(PyObject *class, PyObject *names)
{
	PyObject *one = PyLong_FromLong(1000), *two = PyLong_FromLong(1001);
	uint64_t seen[6] = {read_version(names)};
	bool fits = one && two;

	fits = fits && PyObject_SetAttrString(class, "probed", one) == 0;
	seen[1] = read_version(names);
	fits = fits && PyObject_SetAttrString(class, "probed", two) == 0;
	seen[2] = read_version(names);
	fits = fits && PyDict_SetItemString(names, "probed", one) == 0;
	seen[3] = read_version(names);
	fits = fits && PyDict_DelItemString(names, "probed") == 0;
	seen[4] = read_version(names);
	fits = fits && PyDict_SetItemString(names, "probed", two) == 0;
	seen[5] = read_version(names);
	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < i; k++)
			fits = fits && seen[i] != seen[k];
	fits = fits && PyDict_GetItemString(names, "probed") == two &&
	       read_version(names) == seen[5];
	PyErr_Clear();
	Py_DecRef(one);
	Py_DecRef(two);
	return fits;
}

static long find_names(PyObject *function)
{
	PyObject *type = PyObject_Type(function);
	PyObject *number = PyObject_GetAttrString(type, "__dictoffset__");
	long offset = number ? PyLong_AsLong(number) : 0;
	PyObject *attributes = NULL;

	Py_DecRef(number);
	Py_DecRef(type);
	if (offset <= 0 || *(PyObject **)((char *)function + offset))
		return 0;
	attributes = PyObject_GetAttrString(function, "__dict__");
	if (*(PyObject **)((char *)function + offset) != attributes)
		offset = 0;
	Py_DecRef(attributes);
	return offset;
}

void changes_start(PyObject *function, PyObject *class, PyObject *names)
{
	if (sizeof(void *) != 8)
		return;
	changes_have_version = is_renewed(class, names);
	changes_names_offset = find_names(function);
	PyErr_Clear();
}
