/* SPDX-License-Identifier: MIT */
/*
 * `ftrace check`: what its parts share. check.c has the order of things,
 * check_plan.c what has to be run, check_run.c the processes and check_show.c
 * what people and machines are told.
 */
#ifndef FTRACE_CLI_CHECK_H
#define FTRACE_CLI_CHECK_H

#include <stdio.h>
#include <sys/types.h>

#include "config/config.h"
#include "runners/adapter.h"
#include "selector/affected.h"

enum progress {
	CHECK_WAITING,
	CHECK_SKIPPED, /* a hit */
	CHECK_RUNNING,
	CHECK_PASSED,
	CHECK_FAILED,
	CHECK_TIMED_OUT,
	CHECK_STOPPED, /* by us, because another failed or somebody wants so */
	CHECK_LEFT,    /* not run for the same reason */
};

/* What the process of a check tells of its recording; shared with it. */
struct check_told {
	char rewrote[512]; /* what it did to its own inputs, or "" */
	char problem[512]; /* why it is not in the map, or incomplete; or "" */
};

struct check {
	const struct config_check *config;
	const struct adapter *adapter; /* NULL: it is one unit */
	char **argv;                   /* what is run; owned */
	char *unit;                    /* its id in the map */
	char *line, *directory;        /* as the map has them */
	char definition[33];           /* the print of what it is */

	bool decided; /* these four are known: */
	enum unit_state state;
	char *reason;   /* why it is no hit; or NULL */
	int64_t spared; /* microseconds that need not be spent again */

	enum progress progress;
	pid_t pid;
	FILE *output; /* what it prints; open as long as it is wanted */
	struct check_told *told;
	int64_t started, deadline; /* nanoseconds; 0: none */
	int64_t nudge;    /* when it is told again to end; 0: it was not */
	unsigned nudges;  /* how often it was */
	bool expired;     /* it was told to for its time */
	int status;       /* how it ended: a wait status */
	int64_t duration; /* microseconds */
};

struct checks {
	char *root;
	struct config config;
	struct check *list; /* as they run: by phase, then as configured */
	size_t count;
	bool all;       /* hits are run, too */
	bool outdated;  /* something has run since the map was asked */
	bool stopping;  /* nothing is begun any more */
	size_t running; /* how many */
	int signal;     /* that ends us; or 0 */
	const struct check *failed; /* the first that did */
	int64_t started;            /* nanoseconds */
};

/* On the monotonic clock, in nanoseconds. */
int64_t check_clock(void);

/* Fills what follows from the configuration. */
void check_init(
	struct check *check, const struct config_check *config, char *root);
void check_release(struct check *check);

/*
 * Asks the map about every check that has not begun, in one go. What it cannot
 * tell is to be run.
 */
void check_examine(struct checks *checks);

/* Starts a check's process; false after a message. */
bool check_start(struct checks *checks, struct check *check);
/* Tells it to end. */
void check_stop(struct check *check, int signal);
/*
 * Waits until a check ended, which is returned; or a signal came: NULL. Those
 * whose time is over are ended meanwhile.
 */
struct check *check_wait(struct checks *checks);
/* Signals that end programs come to check_wait() alone, from now on. */
void check_catch_signals(void);

/* The exit status that a check ended with. */
int check_exit(const struct check *check);

/* What is shown while it goes on, and in the end. */
struct check_show {
	bool live;             /* a table on the terminal, kept up to date */
	bool quiet;            /* only what failed */
	bool json;             /* one answer in the end */
	unsigned lines, width; /* of the table as it was printed last */
};

void check_show_begin(struct check_show *show, const struct checks *checks);
/* A check has got on. */
void check_show_progress(struct check_show *show, const struct checks *checks,
	const struct check *check);
void check_show_end(struct check_show *show, const struct checks *checks);

#endif
