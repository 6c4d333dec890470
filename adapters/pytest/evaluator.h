/* SPDX-License-Identifier: MIT */
/*
 * Hears of every Python function that is entered, through a frame evaluator
 * (PEP 523) or, where there is none to be had, through sys.monitoring.
 */
#ifndef FTRACE_ADAPTERS_PYTEST_EVALUATOR_H
#define FTRACE_ADAPTERS_PYTEST_EVALUATOR_H

#include "adapters/pytest/python_api.h"

/*
 * evaluate((minor version, root, stdlib, own), probe): puts the evaluator in
 * place. Gives None, or bytes that say why not. Probe is a function that
 * calls another, given to it, and nothing else.
 */
PyObject *evaluator_evaluate(PyObject *self, PyObject *args);

/* callbacks(DISABLE): two for sys.monitoring, for the events of starting and
 * resuming a function, and of throwing into one, which cannot be silenced.
 */
PyObject *evaluator_callbacks(PyObject *self, PyObject *disable);

/*
 * count(code, function): calls the function, and gives how many times the
 * evaluator was asked to run the code meanwhile.
 */
PyObject *evaluator_count(PyObject *self, PyObject *args);

/* watch(function): it is called with each code object of an __init__. */
PyObject *evaluator_watch(PyObject *self, PyObject *function);

/*
 * relief(on, off): functions that switch the events on and off, where
 * sys.monitoring may take the evaluator's place for a time.
 */
PyObject *evaluator_relief(PyObject *self, PyObject *args);

/*
 * monitor((minor version, root, stdlib, own), restart_events): the events are
 * all there is. Gives None, or bytes that say why not.
 */
PyObject *evaluator_monitor(PyObject *self, PyObject *args);

/* coarse(bytes): the scope in force falls back to whole files. */
PyObject *evaluator_coarse(PyObject *self, PyObject *bytes);

/* stop(): says what was collected, and nothing any more. */
PyObject *evaluator_stop(PyObject *self, PyObject *unused);

/* Says a mark that begins or ends a scope. Returns 0, or -1 and raises. */
int evaluator_shift(const char *mark);

#endif
