/* SPDX-License-Identifier: MIT */
/*
 * Tells of a code object of CPython 3.11 whether it ran, for tripwires.c.
 *
 * A new code object has a counter, co_warmup, that begins at -8. RESUME, with
 * which each function begins and a generator goes on, and JUMP_BACKWARD count
 * it up. When it becomes 0 the code is quickened: from then on its
 * instructions are overwritten by faster ones as it runs, and nothing counts
 * any more. (_PyCode_Warmup in Include/internal/pycore_code.h, RESUME and
 * JUMP_BACKWARD in Python/ceval.c, _PyCode_Quicken in Python/specialize.c.)
 *
 * So of code that is not quickened the counter tells that it ran, and nothing
 * need be done to it. Quickened code is given back the instructions that it
 * was made with, and a counter below 0: it is as new, and is quickened again
 * when it has run often enough. That is all that is ever done. To put RESUME
 * alone back, and leave the faster instructions, would have the interpreter
 * quicken them once more after 32768 calls, and take what they keep between
 * them for instructions.
 *
 * It makes no difference to the program. What the code was made with is what
 * everybody gets to see (co_code, from _PyCode_GetCode in
 * Objects/codeobject.c; so do dis, marshal, replace(), and comparing and
 * hashing, which undo the quickening), what runs under a tracer (TRACING_
 * NEXTOPARG in ceval.c), and what generators are asked about (_PyGen_yf in
 * Objects/genobject.c). Arguments and lengths stay the same, so a frame that
 * is in the midst of the code goes on at the right place; the interpreter
 * itself overwrites instructions that others are in the midst of, when a
 * function calls itself. Only dis(adaptive=True) shows it.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_WARMUP_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_WARMUP_H

#include <stdint.h>

#include "languages/python/extension/python_api.h"

/* Where a code object has its counter. */
#define WARMUP_OFFSET 52

/* The counter of new code. */
#define WARMUP_NEW ((int16_t)-8)

/*
 * Tries it out with a function that was never called and whose instructions
 * can be made faster. NULL, or why it cannot be had.
 */
const char *warmup_start(PyObject *probe);

/*
 * The code ran: makes its counter tell when it runs again, and gives what the
 * counter is until then. Zero is when that cannot be done.
 */
int16_t warmup_arm(PyObject *code);

#endif
