/* SPDX-License-Identifier: MIT */
/*
 * A start-up file for node: what lies beside the session's arena is loaded
 * into each node of the session before the program's own modules, whatever its
 * environment is.
 */
#ifndef FTRACE_PRELOAD_NODE_H
#define FTRACE_PRELOAD_NODE_H

#include "preload/start.h"

/*
 * Does nothing in a process that is no node, or whose session has no such
 * file. To be called when the session's variable has been read: it may stand
 * for another one afterwards.
 */
void node_prepare(const struct start *start);

#endif
