/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_CTEST_CTEST_H
#define FTRACE_RUNNERS_CTEST_CTEST_H

#include "runners/adapter.h"

extern const struct adapter adapter_ctest;

#endif
