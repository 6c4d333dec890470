/* SPDX-License-Identifier: MIT */
/*
 * Hears of exceptions that are thrown into a suspended generator, coroutine
 * or asynchronous generator of CPython 3.11: by throw() and close(), by what
 * these delegate to, and when it is freed. Such a one goes on to run without
 * the instruction that warmup.h is about.
 *
 * All ways lead through methods of a few types of the interpreter, which it
 * finds in tables in memory; their entries are replaced there. (gen_close,
 * _gen_throw, _PyGen_Finalize and who calls these in Objects/genobject.c;
 * frame_clear in Objects/frameobject.c.)
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_THROWS_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_THROWS_H

#include "languages/python/extension/python_api.h"

/*
 * Begins to hear, and tries it out with a function that is a generator and
 * yields. Enter is told the code of each, before it happens, of this
 * interpreter alone; it calls nothing of Python that can fail. NULL, or why it
 * cannot be had, with everything as it was.
 */
const char *throws_start(PyObject *probe, void (*enter)(PyObject *code));

#endif
