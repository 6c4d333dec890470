/* SPDX-License-Identifier: MIT */
/*
 * What files that a test runner wrote tell of its tests. Each test is a case,
 * by a name that it has in every run.
 */
#ifndef FTRACE_RUNNERS_OUTCOMES_TOLD_H
#define FTRACE_RUNNERS_OUTCOMES_TOLD_H

#include "base/err.h"
#include "base/intern.h"

struct told_case {
	const char *outcome; /* as docs/GLOSSARY.md has them; static */
	int64_t duration;    /* microseconds, -1: unknown */
	unsigned failures;   /* how often it failed before it ended so */
};

struct told {
	struct told_case *list;
	size_t count, room;
	struct interner names; /* number i is that of list[i] */
};

/*
 * Adds a case. Where there is one of the name they are one from then on, which
 * ended as the one that ended worse, and took the time of both.
 */
void told_add(struct told *told, const char *name, const struct told_case *one);
void told_release(struct told *told);

/*
 * The cases of a file with that text; its name is for messages. Negative with
 * err filled where the text is not what it should be, or not all of it: what
 * was added until then is of no use.
 */
#define JUNIT_XFAILED "pytest.xfail" /* the type of what failed as expected */
int junit_read(struct told *told, const char *name, const char *text,
	size_t size, struct err *err);
int tap_read(struct told *told, const char *name, const char *text, size_t size,
	struct err *err);

#endif
