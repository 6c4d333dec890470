/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_CARGO_CARGO_H
#define FTRACE_RUNNERS_CARGO_CARGO_H

#include "runners/adapter.h"

extern const struct adapter adapter_cargo;

#endif
