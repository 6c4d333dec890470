/* SPDX-License-Identifier: MIT */
/*
 * Tells which functions were entered since it was last asked, at no cost to
 * the calls, or next to none: for CPython 3.11 and later.
 *
 * From 3.12 on each code object has the version of the instrumentation
 * (sys.monitoring) that it was prepared for, and whenever one begins or goes on
 * to run, the interpreter compares it with the version in force and, where they
 * differ, prepares the code anew. So a code object that was given a version of
 * nobody shows by its version whether it ran. The interpreter finds nothing to
 * do, and does right whatever tools, tracers and debuggers are switched on or
 * off meanwhile: it is what it does after any such change.
 * (Include/cpython/code.h, Python/instrumentation.c, and RESUME in
 * Python/bytecodes.c, of 3.12 to 3.14.)
 *
 * In 3.11 each has a counter, which warmup.h is about.
 *
 * Not seen is that an exception is thrown into a generator, for which there
 * is an event (PY_THROW) or throws.h, and the call that makes a generator: it
 * runs when something is asked of it.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_TRIPWIRES_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_TRIPWIRES_H

#include <stdbool.h>
#include <stdint.h>

#include "languages/python/entered/entries.h"
#include "languages/python/extension/python_api.h"

/*
 * Tries it out with a function that does next to nothing and was never
 * called. From 3.12 on the events of some tool have to be switched on. NULL,
 * or why it cannot be had.
 */
const char *tripwires_start(int minor, PyObject *probe);

/* Whether it was started. */
bool tripwires_are_set(void);

/*
 * Watches a code object; the handle, 0 for none, is for its release. Had it
 * run already, it counts as entered now.
 */
uint32_t tripwires_add(PyObject *code, struct block *block);

/* What shows that the code ran; NULL where nothing but a counter does. */
uint64_t *tripwires_word(PyObject *code);

/* Something else than an entry is to be said of the block. */
void tripwires_again(struct block *block);

/* The code object is being freed. Handle 0 is let pass. */
void tripwires_remove(uint32_t handle);

/*
 * Before the scope in force for this thread changes: says in it what was
 * entered since the thread last said so. Which thread entered a function is
 * not known, so each that has a scope of its own says all. Importing is
 * whether the scope is that of a module, and so for this thread alone.
 */
void tripwires_say(bool importing);

/*
 * After it changed: whether the thread has a scope of its own, and whether it
 * has left that of the last module; what others entered during the import is
 * said once more then.
 */
void tripwires_shifted(bool open, bool left_import);

/* Another thread was started. */
void tripwires_note_thread(void);

/* Nothing is watched any more. */
void tripwires_stop(void);

#endif
