/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_NODE_NODE_H
#define FTRACE_RUNNERS_NODE_NODE_H

#include "runners/adapter.h"

extern const struct adapter adapter_node;

#endif
