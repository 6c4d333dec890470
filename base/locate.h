/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_BASE_LOCATE_H
#define FTRACE_BASE_LOCATE_H

#include "base/err.h"

/*
 * The absolute path of one of ftrace's own files, beside the program in a
 * build folder or in the installed library folder; to be freed. NULL with err
 * filled when it is in neither.
 */
char *locate(const char *name, struct err *err);

#endif
