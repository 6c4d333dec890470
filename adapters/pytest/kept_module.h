/* SPDX-License-Identifier: MIT */
/*
 * A module that is looked at for what it keeps (kept.h), in the list of those
 * of one source: a file can be loaded more than once.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_KEPT_MODULE_H
#define FTRACE_ADAPTERS_PYTEST_KEPT_MODULE_H

#include "adapters/pytest/python_api.h"

struct node;

struct module {
	struct module *next;
	PyObject *names;   /* its globals, held */
	struct node *node; /* what they were at the last look */
};

/* Puts one at the end of a list. NULL: there is no memory. */
struct module *kept_module_add(struct module **end, PyObject *names);

/* Takes one out of its list, and frees it. */
void kept_module_forget(struct module **module);

#endif
