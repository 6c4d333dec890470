/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_RUNNERS_MAVEN_MAVEN_H
#define FTRACE_RUNNERS_MAVEN_MAVEN_H

#include "runners/adapter.h"

extern const struct adapter adapter_maven;

#endif
