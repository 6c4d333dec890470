/* SPDX-License-Identifier: MIT */
#include "adapters/pytest/kept_module.h"

#include <stdlib.h>

#include "adapters/pytest/kept_places.h"

struct module *kept_module_add(struct module **end, PyObject *names)
{
	*end = calloc(1, sizeof(**end));
	if (*end) {
		Py_IncRef(names);
		(*end)->names = names;
	}
	return *end;
}

void kept_module_forget(struct module **module)
{
	struct module *gone = *module;

	*module = gone->next;
	places_free(gone->node);
	Py_DecRef(gone->names);
	free(gone);
}
