/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_BATS_BATS_H
#define FTRACE_RUNNERS_BATS_BATS_H

#include "runners/adapter.h"

extern const struct adapter adapter_bats;

#endif
