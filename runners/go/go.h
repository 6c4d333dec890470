/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_GO_GO_H
#define FTRACE_RUNNERS_GO_GO_H

#include "runners/adapter.h"

extern const struct adapter adapter_go;

#endif
