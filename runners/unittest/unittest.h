/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_UNITTEST_UNITTEST_H
#define FTRACE_RUNNERS_UNITTEST_UNITTEST_H

#include "runners/adapter.h"

extern const struct adapter adapter_unittest;

#endif
