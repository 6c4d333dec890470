/* SPDX-License-Identifier: MIT */
/*
 * From the trace of a session to what the map records of it: scopes with the
 * states of the files they read, the scopes they use and the files they made.
 */
#ifndef FTRACE_FOLD_FOLD_H
#define FTRACE_FOLD_FOLD_H

#include "fold/before.h"
#include "fold/trace.h"
#include "map/audit.h"
#include "map/map.h"
#include "map/recording.h"
#include "runners/tests.h"

struct passages_plan;

struct fold_options {
	const char *root; /* of the project, absolute and real */
	const char *unit; /* the command unit's name */
	bool is_whole;    /* it is what the map has of this command */
	bool wraps;       /* a runner may be behind it, and other programs */
	const struct runner_tests *tests; /* that it listed; or NULL */
	const char *const *each;          /* globs, or NULL (see fold/each.c) */
	const char *own_paths[4]; /* of ftrace itself; NULL-terminated */
	const struct passages_plan *passages; /* what the processes have */
	const char *outputs[2];   /* files that ftrace writes afterwards */
	int64_t started;  /* the kernel's file clock when the run began */
	int64_t duration; /* nanoseconds */
	const char *command;
	/* As run_command_asked() has it and its sibling; that can be NULL. */
	const char *asked, *sibling;
	/* What the command would be called as one unit. */
	const char *alone;
	const char *given;  /* as run_command_words() has it */
	const char *runner; /* whose adapter was to tell the units, or NULL */
	bool selection;     /* of its tests some alone were asked for */
	const char *directory; /* where it ran, as project_path() has it */
	int status;            /* exit status; above 128: a signal */
	bool told_to_end; /* by a signal, whatever status it gave for that */
	bool unread;      /* nobody read what it printed, to its end */
	const uint32_t *lingering; /* pids that outlived the run */
	size_t lingering_count;
	/* Of a check: the print of what it is, and its own files (before.h). */
	const char *definition;
	const struct before *before;
	unsigned unborn;     /* forked children nobody heard of */
	struct audit *audit; /* not to be recorded but compared; or NULL */
};

/* A unit that ran. */
struct fold_unit {
	char *runner, *id;
	char *outcome;    /* NULL: it did not say */
	int64_t duration; /* microseconds, -1: unknown */
	bool incomplete;
};

struct fold_summary {
	struct fold_unit *list; /* as they were met */
	size_t units, room;     /* recorded now */
	size_t incomplete;      /* of those */
	size_t gone;            /* removed from the map */
	size_t accesses;
	unsigned hashed;
	size_t each;        /* units made of programs */
	bool adapter_ready; /* the runner's adapter was heard of */
	char reason[512];   /* why the first of them is */
	/* What a check did to its own inputs, which is why it is incomplete;
	 * or "". */
	char rewrote[512];
	size_t coarse;           /* scopes that count with whole files ... */
	char coarse_reason[512]; /* ... and why the first of them does */
};

/*
 * Folds and stores, in the transaction that map_begin() began. The map's
 * files are loaded and saved here.
 */
int fold_store(struct map *map, const struct trace *trace,
	const struct fold_options *options, struct fold_summary *summary,
	struct err *err);

void fold_summary_release(struct fold_summary *summary);

#endif
