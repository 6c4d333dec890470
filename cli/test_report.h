/* SPDX-License-Identifier: MIT */
/*
 * What `ftrace test` reads of and writes for others: the reports that the
 * command wrote, and its own.
 */
#ifndef FTRACE_CLI_TEST_REPORT_H
#define FTRACE_CLI_TEST_REPORT_H

#include "cli/testing.h"

struct report_options {
	const char *report; /* the files to write, or NULL */
};
extern struct report_options report_options;

/* The rows of them in a verb's table. */
#define REPORT_OPTIONS \
	{ \
		0, "report", OPTION_TEXT, &report_options.report, "FILE", \
			"write a report in JSON (see docs/json.md)" \
	}

/*
 * Before anything is run, with the plan made: whether what was asked for can
 * be done. 0, or the exit code after a message.
 */
int reports_begin(const struct testing *testing);

/*
 * When all is run: writes what was asked for. code: what the verb is to end
 * with; where that is 0, as the wait status says. 0, or the exit code after a
 * message.
 */
int reports_write(
	const struct testing *testing, bool full, int code, int status);

#endif
