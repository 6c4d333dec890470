/* SPDX-License-Identifier: MIT */
/*
 * The report of a command whose tests were run in part, or all: what `ftrace
 * test --report` writes and `ftrace compare` reads. docs/reference/json.md has
 * the format, member by member.
 */
#ifndef FTRACE_OUTCOMES_REPORT_H
#define FTRACE_OUTCOMES_REPORT_H

#include "outcomes/results.h"

#define REPORT_VERSION 1
#define REPORT_KIND "ftrace-report"

struct report {
	char *ftrace; /* the version of the program that wrote it */
	char *root;   /* of the project, where it was */
	bool full;    /* everything was to be run, and not what is affected */
	char **argv;  /* NULL-terminated */
	char *directory; /* where it ran, as paths are stored */
	int64_t started; /* nanoseconds since the epoch; 0: nothing was run */
	int64_t lasted;  /* nanoseconds */
	int status;      /* what it ended with; above 128: by a signal */
	char **changed;  /* paths; of one that was read as people see them */
	size_t changed_count, changed_room;
	struct results results; /* in a report by runner, id and part */
};

/* Counts of a report; of units alone, without their cases. */
struct report_totals {
	size_t units, cases, ran;
	size_t states[UNIT_RERUN + 1];
	int64_t spared; /* microseconds that those that did not run took last */
};

void report_count(struct report_totals *totals, const struct report *report);

/* The results that are not gone by runner, id and part; to be freed. */
const struct result **report_sorted(const struct report *report, size_t *count);

/* The text of it, which ends with a newline; to be freed. */
char *report_text(const struct report *report);

/*
 * Reads one from a file; to be released in any case. Negative with a line
 * that names the file where it is not there, is not JSON or is cut short, is
 * of another kind or a newer version, or where a member that is always there
 * is not, or is not of its type. Members that are not known are passed over.
 */
int report_read(struct report *report, const char *path, struct err *err);

/* Of one that was read: the others are their maker's. */
void report_release(struct report *report);

#endif
