/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_DJANGO_DJANGO_H
#define FTRACE_RUNNERS_DJANGO_DJANGO_H

#include "runners/adapter.h"

extern const struct adapter adapter_django;

#endif
