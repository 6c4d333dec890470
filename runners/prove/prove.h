/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_PROVE_PROVE_H
#define FTRACE_RUNNERS_PROVE_PROVE_H

#include "runners/adapter.h"

extern const struct adapter adapter_prove;

#endif
