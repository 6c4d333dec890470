/* SPDX-License-Identifier: MIT */
/*
 * Which passages of a function ran (languages/python/blocks/passages.py), for
 * the few functions that the session's file of passages has.
 *
 * Python tells of a line by an instruction that it puts in the place of the
 * line's first one (INSTRUMENTED_LINE, Python/instrumentation.c); a listener
 * that has heard it once has it taken out again. To hear it once more, it is
 * put back here, where a passage ran, when the scope changes. To have Python do
 * so would cost a walk over the whole function, which costs more than all the
 * rest; this costs as much as what is heard. Whether it can be done is tried
 * out with a function of ours.
 *
 * What is not heard has to be known not to have run. The first passage runs
 * whenever the function is entered, and was silenced as often as any other one:
 * where it was not heard, another tool has a hand in it, and the function counts
 * as a whole.
 *
 * All of this runs with the GIL held.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_ENTERED_PASSAGES_H
#define FTRACE_LANGUAGES_PYTHON_ENTERED_PASSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "languages/python/entered/entries.h"
#include "languages/python/extension/python_api.h"

/* Of a function; one with more is not taken apart. */
#define PASSAGES_MOST 256

/*
 * (plan, watch, offset, instruction, probe): watch(code) has lines of the code
 * told to passages_hear; the code's instructions begin at the offset. True when
 * it works.
 */
PyObject *passages_start(PyObject *self, PyObject *args);

/* The listener for lines: one that is heard is not told of again. */
PyObject *passages_listener(PyObject *self, PyObject *disable);

/*
 * A code object that has not run: listens to its passages, if it has any. word:
 * what shows that it ran (tripwires.h).
 */
void passages_add(PyObject *code, struct block *block, uint64_t *word);

/* It is being freed. */
void passages_remove(PyObject *code, struct block *block);

/* Its word showed that the function was entered, and has been set anew. */
void passages_entered(struct block *block);

/* Whether something is to be said of it in this scope, and was not yet. */
bool passages_wait(const struct block *block);

/* Room that passages_put() needs at most. */
size_t passages_room(const struct block *block);

/*
 * Puts what is to be said behind the number of the function: nothing where it
 * counts as a whole, or a dot and a number for each passage. Gives where it
 * ends; all was said then.
 */
char *passages_put(char *at, struct block *block);

/* From now on all functions count as a whole. */
void passages_stop(void);

#endif
