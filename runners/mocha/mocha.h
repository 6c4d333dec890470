/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_MOCHA_MOCHA_H
#define FTRACE_RUNNERS_MOCHA_MOCHA_H

#include "runners/adapter.h"

extern const struct adapter adapter_mocha;

#endif
