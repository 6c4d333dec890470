/* SPDX-License-Identifier: MIT */
/*
 * What `ftrace test` reads of and writes for others: the reports that the
 * command wrote, and its own.
 */
#ifndef FTRACE_CLI_TEST_REPORT_H
#define FTRACE_CLI_TEST_REPORT_H

#include "cli/testing.h"

struct report_options {
	const char *report, *junit_out; /* files to write, or NULL */
	struct option_list junit, tap;
};
extern struct report_options report_options;

/* The rows of them in a verb's table. */
#define REPORT_OPTIONS \
	{0, "junit", OPTION_LIST, &report_options.junit, "GLOB", \
		"read what the command tells of its tests in JUnit XML"}, \
		{0, "tap", OPTION_LIST, &report_options.tap, "GLOB", \
			"the same in TAP"}, \
		{0, "report", OPTION_TEXT, &report_options.report, "FILE", \
			"write a report in JSON (see " \
			"docs/reference/json.md)"}, \
	{ \
		0, "junit-out", OPTION_TEXT, &report_options.junit_out, \
			"FILE", "write a report in JUnit XML" \
	}

/* What the testing is to read; ends on misuse. Before the plan is made. */
void reports_ask(struct testing *testing, const struct verb *verb);

/*
 * Before anything is run, with the plan made: whether what was asked for can
 * be done. 0, or the exit code after a message.
 */
int reports_begin(void);

/*
 * When all is run: writes what was asked for. code: what the verb is to end
 * with; where that is 0, as the wait status says. 0, or the exit code after a
 * message.
 */
int reports_write(struct testing *testing, bool full, int code, int status);

#endif
