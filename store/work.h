/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_STORE_WORK_H
#define FTRACE_STORE_WORK_H

#include "base/err.h"

/*
 * A folder of our own below .ftrace for what is needed while a package is made
 * or taken apart; to be freed and removed by work_remove(). What killed
 * processes left of theirs is removed. NULL: err says why there is none.
 */
char *work_make(const char *root, struct err *err);
void work_remove(char *work);

#endif
