/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_JEST_JEST_H
#define FTRACE_RUNNERS_JEST_JEST_H

#include "runners/adapter.h"

extern const struct adapter adapter_jest;

#endif
