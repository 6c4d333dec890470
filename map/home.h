/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_MAP_HOME_H
#define FTRACE_MAP_HOME_H

#include "base/err.h"

/*
 * Makes `.ftrace` below the root where there is none, with a .gitignore of its
 * own.
 */
int map_home_make(const char *root, struct err *err);

#endif
