/* SPDX-License-Identifier: MIT */
#ifndef FTRACE_LANGUAGES_PYTHON_MAP_H
#define FTRACE_LANGUAGES_PYTHON_MAP_H

#include "map/language.h"

/* What the map has to know of Python. */
extern const struct map_language python_map;

#endif
