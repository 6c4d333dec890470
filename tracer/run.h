/* SPDX-License-Identifier: MIT */
/*
 * `ftrace run` from the command line to the map.
 */
#ifndef FTRACE_TRACER_RUN_H
#define FTRACE_TRACER_RUN_H

#include <stdbool.h>

#include "base/err.h"
#include "base/intern.h"
#include "fold/fold.h"
#include "runners/adapter.h"

struct run_options {
	const char *root;
	char *const *argv;
	const char *unit;              /* the command unit's name */
	const char *const *each;       /* globs, NULL-terminated; or NULL */
	const struct adapter *adapter; /* or NULL */
	/* Files that ftrace writes about the run itself; or NULL. */
	const char *outputs[2];
	/* Whose tests are recorded one by one where the command runs any; NULL:
	 * nobody's. */
	const struct adapter *inside;
	char *const *selection; /* of the tests; NULL: all */
	size_t selection_count;
	/* The runner's tests in the map: others are selected as well; or NULL.
	 */
	const struct interner *known;
	struct audit *audit; /* compare with the map, do not record; or NULL */
	/* The print of what a check is, whose unit it is; or NULL. */
	const char *definition;
	unsigned limit; /* seconds it may take; 0: as long as it wants */
};

enum run_failure {
	RUN_NOT_FOUND = -127,
	RUN_NOT_EXECUTABLE = -126,
	RUN_FAILED = -125,
};

struct run_result {
	bool ran; /* the command ran; status is its wait status */
	int status;
	bool expired;    /* it was killed at its limit */
	bool recorded;   /* the map holds it; summary is set */
	bool unselected; /* all ran, for the selection could not be kept */
	bool put_aside;  /* the map was damaged; see map/aside.h */
	const char
		*silence; /* why nobody told of the runner's tests, or NULL */
	struct fold_summary summary;
	struct err problem; /* why it was not recorded */
};

/*
 * 0 when the command ran, recorded or not; an enum run_failure, with err
 * filled, when it did not.
 */
int run_command(const struct run_options *options, struct run_result *result,
	struct err *err);

void run_result_release(struct run_result *result);

/* A command line, for people; to be freed. */
char *run_command_line(char *const argv[]);

/* The same, such that no other words give it; to be freed. */
char *run_command_words(char *const argv[]);

/* Such a line taken apart; to be freed with its words. */
char **run_command_split(const char *words);

/*
 * The line that a command is compared by: its words where adapter is NULL,
 * otherwise what they ask the runner for. sibling: the line of the command
 * that starts the runner otherwise (runners/adapter.h); NULL: there is none.
 * directory: where it runs, as project_path() has it. To be freed.
 */
char *run_command_asked(const struct adapter *adapter, char *const argv[],
	const char *root, const char *directory, bool sibling);

/*
 * What the unit of a command is called that nobody named: its line, and where
 * it runs if that is not the root, for there it is another one. directory: as
 * project_path() has it. To be freed.
 */
char *run_command_unit(char *const argv[], const char *directory);

#endif
