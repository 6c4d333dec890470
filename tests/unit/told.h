/* SPDX-License-Identifier: MIT */
/*
 * What a reader of outcomes makes of a text, in a line for each case:
 * "NAME = OUTCOME", then the microseconds and how often it failed before,
 * where they are known. READER is defined by who includes this.
 */
#ifndef FTRACE_TESTS_UNIT_TOLD_H
#define FTRACE_TESTS_UNIT_TOLD_H

#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runners/outcomes/told.h"

static char *lines_of(const struct told *told)
{
	char *lines = NULL;
	size_t size;
	FILE *file = open_memstream(&lines, &size);

	for (size_t i = 0; i < told->count; i++) {
		const struct told_case *one = &told->list[i];

		fprintf(file, "%s = %s", told->names.entries[i].bytes,
			one->outcome);
		if (one->duration >= 0)
			fprintf(file, " %lld", (long long)one->duration);
		if (one->failures)
			fprintf(file, " x%u", one->failures);
		fputc('\n', file);
	}
	fclose(file);
	return lines;
}

/* All of it, and no message. */
static inline void expect_told(const char *text, const char *expected)
{
	struct told told = {.list = NULL};
	struct err err = {"no message"};
	int code = READER(&told, "r", text, strlen(text), &err);
	char *lines = lines_of(&told);

	if (code)
		fail_msg("%s", err.text);
	assert_string_equal(lines, expected);
	free(lines);
	told_release(&told);
}

static inline void expect_refused(const char *text, const char *message)
{
	struct told told = {.list = NULL};
	struct err err = {"no message"};

	assert_true(READER(&told, "r", text, strlen(text), &err) < 0);
	assert_string_equal(err.text, message);
	told_release(&told);
}

#endif
