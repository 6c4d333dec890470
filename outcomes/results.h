/* SPDX-License-Identifier: MIT */
/*
 * What became of each unit of a command: how the map had it before the run,
 * and how it ended now.
 */
#ifndef FTRACE_OUTCOMES_RESULTS_H
#define FTRACE_OUTCOMES_RESULTS_H

#include "base/intern.h"
#include "selector/plan.h"

struct result {
	char *runner, *id;
	char *part; /* a case of the unit that only a report tells of; "" */
	enum unit_state state; /* before the run */
	bool selected;         /* the plan had it run */
	bool changed;          /* something that it depends on had */
	bool elsewhere;        /* it ran in another directory before, or may */
	bool incomplete;       /* it depended on more than was seen */
	bool ran;              /* now */
	char *before;          /* how it ended in the map, or NULL */
	char *outcome;    /* now; as before where it did not run; or NULL */
	int64_t duration; /* microseconds, -1: unknown */
	char *reason;     /* why it was selected, for people; or NULL */
	char **attempts;  /* how it ended before it was run again */
	size_t attempt_count, attempt_room;
	bool flaky; /* it is known for ending either way */
	bool gone;  /* it is no longer there: nobody is told of it */
};

struct results {
	struct result *list; /* those in the map by id, then new ones */
	size_t count, room;
	struct interner names; /* number i is list[i] */
};

/* "failed" or "error". */
bool outcome_is_failure(const char *outcome);
/* One that says that it works: "passed" and "xfailed". */
bool outcome_is_success(const char *outcome);

/*
 * The recorded units of the command, none of which has run. An empty plan has
 * none.
 */
void results_begin(struct results *results, const struct plan *plan,
	const struct plan_command *command);

/*
 * A unit (or a case of it) ended so. One that nobody knows is new; one that
 * has ended already was run again, and that counts from now on.
 */
void results_end(struct results *results, const struct result *end);

/*
 * The place of a unit, a new one of zeroes if it had none. Good until the next
 * is made.
 */
struct result *results_place(struct results *results, const char *runner,
	const char *id, const char *part);

/* Units that did not run and are not in the map any more are gone. */
void results_forget(struct results *results, const struct query_units *units);

/* NULL: there is none. Good until the next results_end(). */
struct result *results_find(struct results *results, const char *runner,
	const char *id, const char *part);
void results_release(struct results *results);

/* "src/a.py modified", "failed"; to be freed, NULL for none. */
char *results_reason_text(const struct reason *reason);

#endif
