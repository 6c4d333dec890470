/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_ADAPTERS_PYTEST_PYTEST_H
#define FTRACE_ADAPTERS_PYTEST_PYTEST_H

#include "adapters/adapter.h"

extern const struct adapter adapter_pytest;

#endif
