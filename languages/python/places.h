/* SPDX-License-Identifier: MIT */
/*
 * Where a Python and its virtual environment lie, and which texts say so
 * (map/place.h). Roles: "python3.11", the folder of an installation that has it
 * to itself; "environment of python3.11", a virtual environment that lies
 * outside of the project.
 */
#ifndef FTRACE_LANGUAGES_PYTHON_PLACES_H
#define FTRACE_LANGUAGES_PYTHON_PLACES_H

#include <stddef.h>

#include "map/place.h"

extern const char *const python_placed[];

char *python_plain(
	const char *name, const char *text, size_t size, size_t *left);
void python_places(
	struct map_places *places, const char *root, const char *program);

#endif
