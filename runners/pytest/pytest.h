/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_PYTEST_PYTEST_H
#define FTRACE_RUNNERS_PYTEST_PYTEST_H

#include "runners/adapter.h"

extern const struct adapter adapter_pytest;

#endif
