/* SPDX-License-Identifier: MIT */
/*
 * A start-up file for CPython: what lies beside the session's arena is run in
 * each interpreter of the session before it has looked for anything, and
 * whatever its environment and its options are.
 */
#ifndef FTRACE_PRELOAD_INTERPRETER_H
#define FTRACE_PRELOAD_INTERPRETER_H

#include "preload/start.h"

/* Does nothing in a process that is no interpreter, or has no session. */
void interpreter_prepare(const struct start *start);

#endif
