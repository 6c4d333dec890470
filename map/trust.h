/* SPDX-License-Identifier: MIT */
/*
 * Whether what lies in `.ftrace` is this user's own. Whoever can put a map
 * there says which tests need not run; so one that came with the project, or
 * that another user made, is as good as none.
 */
#ifndef FTRACE_MAP_TRUST_H
#define FTRACE_MAP_TRUST_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Who knows whether `.ftrace` came out of a repository; from now on. Without
 * this nobody asks.
 */
void trust_set(bool (*is_tracked)(const char *root));

/*
 * 0, or MAP_MISSING with err filled. Root, the user and whoever owns the
 * project itself may have made it.
 */
int trust_check(const char *root, struct err *err);

#endif
