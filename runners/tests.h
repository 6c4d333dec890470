/* SPDX-License-Identifier: MIT */
/*
 * The tests of a runner that starts a process for each of them, as the runner
 * lists them before it runs. Nothing in its own processes tells of them: the
 * fold knows a test by the words that its program is executed with.
 */
#ifndef FTRACE_RUNNERS_TESTS_H
#define FTRACE_RUNNERS_TESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct runner_test {
	char *id;            /* may come twice, and is one unit all the same */
	char **words;        /* NULL-terminated; NULL: it has no program */
	char **needs;        /* ids of those that run before it; or NULL */
	char **looked;       /* what the runner looks for besides; or NULL */
	bool skips_itself;   /* its process can say that it was skipped */
	bool off;            /* it is not to run */
	const char *outcome; /* as docs/GLOSSARY.md has them; NULL: none */
	int64_t duration;    /* microseconds, -1: unknown */
};

struct runner_tests {
	char *file; /* the part that all ids begin with (adapter.h) */
	struct runner_test *list;
	size_t count, room;
	const char *untold; /* how those ended that ran untold; NULL: unknown */
	bool chosen;        /* the command leaves others of the file out */
	time_t listed;      /* when it was */
};

/* One more, of zeroes but for the duration, which is unknown. */
struct runner_test *runner_tests_add(struct runner_tests *tests);
void runner_tests_release(struct runner_tests *tests);

#endif
