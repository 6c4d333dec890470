/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_MESON_MESON_H
#define FTRACE_RUNNERS_MESON_MESON_H

#include "runners/adapter.h"

extern const struct adapter adapter_meson;

#endif
