/* SPDX-License-Identifier: MIT */
/*
 * A command whose tests are run in part: what is known of them before, what
 * is run, and what became of it.
 */
#ifndef FTRACE_CLI_TESTING_H
#define FTRACE_CLI_TESTING_H

#include "cli/option.h"
#include "cli/outcome_files.h"
#include "outcomes/results.h"
#include "tracer/run.h"

struct testing {
	char *const *argv;
	const struct adapter *adapter; /* NULL: the command is one unit */
	const struct adapter *inside;  /* whose tests it may have; or NULL */
	bool wraps;                    /* it has, as the map knows */
	char *id, *asked, *directory;  /* what it is, and where it runs */
	char *root;
	struct plan_command command;
	struct plan plan; /* of zeroes where the map cannot tell */
	struct results results;
	struct outcome_files files; /* its globs are the caller's to set */
	int64_t started; /* nanoseconds since the epoch; of the first run */
	int64_t lasted;  /* nanoseconds, of all runs */
};

/*
 * root: owned by it from now on. argv stays the caller's. inside: as
 * record_inside() has it.
 */
void testing_init(struct testing *testing, char *root, char *const *argv,
	const struct adapter *adapter, const struct adapter *inside);
void testing_release(struct testing *testing);

/* Asks the map, and begins the results. Where it cannot be read: a note. */
void testing_plan(struct testing *testing);

/*
 * Runs the listed of the command's tests, all where list is NULL, and adds
 * how they ended to the results. 0 with the result, to be released; or the
 * exit code after a message.
 */
int testing_run(struct testing *testing, char *const *list, size_t count,
	struct run_result *result);

/* The units of the command that failed now, to be freed. */
struct result **testing_failed(struct testing *testing, size_t *count);

#endif
