/* SPDX-License-Identifier: MIT */
/*
 * What `run` and `test` have in common: a command that is recorded, and what
 * people are told of that.
 */
#ifndef FTRACE_CLI_RECORD_H
#define FTRACE_CLI_RECORD_H

#include <stdbool.h>

#include "cli/option.h"
#include "selector/affected.h"
#include "tracer/run.h"

/*
 * The adapter of the runner by that name, of the command where runner is
 * NULL; NULL: none. Ends with a message where there is none of the name.
 */
const struct adapter *record_adapter(
	const struct verb *verb, const char *runner, char *const *argv);

/* Whose tests are recorded where the command runs any, or NULL. */
const struct adapter *record_inside(
	const char *runner, const struct adapter *adapter);

/*
 * Before it runs: something has changed that may say what tests there are, and
 * after the run the map has it as it is now. Other commands may have tests that
 * this one does not look for, so those that it concerns run as a whole next
 * time. affected: by what differs from the map, or NULL, to be found.
 */
void record_doubt(
	const struct run_options *options, const struct affected *affected);

/* Runs it; 0 with the result, or the exit code after a message. */
int record_command(
	const struct run_options *options, struct run_result *result);

/*
 * Where a runner may have been started in environments of its own, and none of
 * its tests was seen. Not for who asked for one unit.
 */
void record_tell_inside(
	const struct run_options *options, const struct run_result *result);

/*
 * Puts a damaged map aside, and says so; or why it cannot be done. Whether it
 * is done.
 */
bool record_put_aside(const char *root);

/*
 * What was recorded, and what was not; quiet: only what is wrong. options may
 * be NULL where nothing was recorded.
 */
void record_tell(const struct run_options *options,
	const struct run_result *result, bool quiet);

#endif
