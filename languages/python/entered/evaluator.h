/* SPDX-License-Identifier: MIT */
/*
 * Hears of every Python function that is entered, through a frame evaluator
 * (PEP 523), tripwires, or the events of sys.monitoring.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_EVALUATOR_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_EVALUATOR_H

#include <stdbool.h>

#include "languages/python/extension/python_api.h"

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
 * trip((minor version, root, stdlib, own), probe, caller, generator): by
 * tripwires.c. Gives None, or bytes that say why not. The probe is a function
 * that does nothing of note and was never called, the caller one as evaluate()
 * takes, and the generator one that yields.
 */
PyObject *evaluator_trip(PyObject *self, PyObject *args);

/* adopt(code): a code object that was made before. */
PyObject *evaluator_adopt(PyObject *self, PyObject *code);

/*
 * forked(restart_events): in a child of the process, from where tripwires
 * would tell too late, the events of sys.monitoring take their place.
 */
PyObject *evaluator_forked(PyObject *self, PyObject *args);

/*
 * monitor((minor version, root, stdlib, own), restart_events, probe): the
 * events are all there is. Gives None, or bytes that say why not.
 */
PyObject *evaluator_monitor(PyObject *self, PyObject *args);

/* coarse(bytes): the scope in force falls back to whole files. */
PyObject *evaluator_coarse(PyObject *self, PyObject *bytes);

/* stop(): says what was collected, and nothing any more. */
PyObject *evaluator_stop(PyObject *self, PyObject *unused);

/*
 * pause(is_done): a part of the scope in force is over; is_done: all of it, but
 * for what the plugin has to say of it.
 */
PyObject *evaluator_pause(PyObject *self, PyObject *is_done);

/* Says a mark that begins or ends a scope. Returns 0, or -1 and raises. */
int evaluator_shift(const char *mark);

#endif
