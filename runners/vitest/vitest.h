/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_VITEST_VITEST_H
#define FTRACE_RUNNERS_VITEST_VITEST_H

#include "runners/adapter.h"

extern const struct adapter adapter_vitest;

#endif
