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

/*
 * Whether the arguments of an io_uring_setup that did well are those of the
 * ring that node's loop asks epoll with, and opens no file by.
 */
bool node_rings_no_files(const uint64_t *arguments);

#endif
