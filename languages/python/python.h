/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_LANGUAGES_PYTHON_PYTHON_H
#define FTRACE_LANGUAGES_PYTHON_PYTHON_H

#include "languages/language.h"

extern const struct language language_python;

#endif
