/* SPDX-License-Identifier: MIT */
/*
 * The list of flaky tests that a project commits: JSON, sorted, a test a
 * line, each line with its comma, so that lists merge line by line.
 *
 *	{
 *	"version": 1,
 *	"flaky": {
 *	"pytest/tests/test_a.py::test_x": "2026-11-22",
 *	"~": "..."
 *	}
 *	}
 *
 * A key is "runner/id", with a tab and the name of a case behind it where it
 * is one; a tab in the id stands twice. The value is the day it was found. The
 * last line, which no test is, spares the one before it from being different.
 */
#ifndef FTRACE_CONFIG_FLAKY_FILE_H
#define FTRACE_CONFIG_FLAKY_FILE_H

#include <stdbool.h>

#include "map/flaky.h"

enum { FLAKY_FILE_MISSING = 1 };

/* FLAKY_FILE_MISSING: there is none. The units have no runs. */
int flaky_file_read(
	struct flaky_units *units, const char *path, struct err *err);

/* Whole or not at all. Makes the folder it lies in. */
int flaky_file_write(
	const struct flaky_units *units, const char *path, struct err *err);

/* The text of it, to be freed. */
char *flaky_file_text(const struct flaky_units *units);

/* A key, as people have it too; to be freed. */
char *flaky_key(const struct flaky_unit *unit);
/* Its parts, to be freed; false: it is none, and they are not set. */
bool flaky_key_split(const char *key, char **runner, char **id, char **part);

/* "2026-11-22", in UTC; in a static buffer. */
const char *flaky_day(int64_t since);

#endif
