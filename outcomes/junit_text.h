/* SPDX-License-Identifier: MIT */
/*
 * A report as JUnit XML, for what shows test results: a suite for each file
 * of tests, and for each command. Tests that were not run are there, as
 * skipped: where they were missing, they would be taken for removed.
 */
#ifndef FTRACE_OUTCOMES_JUNIT_TEXT_H
#define FTRACE_OUTCOMES_JUNIT_TEXT_H

#include "outcomes/report.h"

/* To be freed. */
char *junit_text(const struct report *report);

#endif
