/* SPDX-License-Identifier: MIT */
/*
 * The units that may behave differently now, with the reasons.
 *
 * Selected are the units from which a changed state can be reached, and, by
 * policy, those whose last run says nothing: never run, failed, incomplete.
 * A file that is new where tests are looked for is selected as a whole.
 */
#ifndef FTRACE_SELECTOR_AFFECTED_H
#define FTRACE_SELECTOR_AFFECTED_H

#include <stdbool.h>

#include "git/git_set.h"
#include "map/print.h"
#include "map/query.h"
#include "selector/changes.h"

/* What is known of a unit's last result: docs/explanation/learning.md. */
enum unit_state {
	UNIT_HIT,
	UNIT_STALE, /* something it depends on changed */
	UNIT_MISS,  /* never recorded */
	UNIT_RERUN, /* unchanged; its last run failed or was not all seen */
};

const char *unit_state_name(enum unit_state state);

struct reason {
	enum unit_state state;
	const char *what; /* "modified", ...; "failed", "incomplete", "new" */
	char *path;       /* of the change; NULL where none is to blame */
	char *text;       /* more for people, or NULL */
	char *by;         /* what of the test notices it, or NULL */
};

struct affected_unit {
	char *runner;
	char *id;
	enum unit_state state;
	bool file;       /* a new test file or name, not a recorded unit */
	bool whole_file; /* its file is there, and to be collected again */
	bool gone;       /* it is no longer there, or its file */
	struct reason *reasons;
	size_t reason_count, reason_room;
};

/* It is not to be handed to its runner, nor is its file for its sake. */
static inline bool affected_is_gone(const struct affected_unit *unit)
{
	return unit->gone && !unit->whole_file;
}

struct affected {
	struct affected_unit *units; /* by runner and id */
	size_t count, room;
	/* Ids that stand for all below them: "file::name", sorted. */
	char **groups;
	size_t group_count, group_room;
	struct print *smoke; /* of what changed and affects nothing */
	size_t smoke_count;  /* 0: that is no matter of smoke */
	bool has_tests;      /* the map holds some that a runner takes */
	size_t recorded;     /* units in the map that are answers */
	int64_t spared;      /* microseconds that the others took last time */
	size_t changed;      /* files */
	char **paths;        /* their names, as stored; `changed` of them */
	size_t variables;    /* of those, how many of the environment */
	unsigned hashed;
	char *flaky_problem;  /* why the list of flaky tests is not read */
	char *config_problem; /* why ftrace.json is not read */
	char *problem; /* a changed source that could not be taken apart */
	/*
	 * What looks for tests and can notice one of the changed files: there
	 * may be other tests than those that are known. Each scope once.
	 */
	struct decisive {
		int64_t scope;
		char *path;
	} * decisive;
	size_t decisive_count, decisive_room;
};

int affected_find(struct affected *affected, struct map *map, struct err *err);
/*
 * By what git tells to have changed, whatever the state of the project was
 * when it was recorded. Its set is filled in further. NULL: as above.
 */
int affected_find_in(struct affected *affected, struct map *map,
	struct git_set *set, struct err *err);
void affected_release(struct affected *affected);

/* A recorded unit among them, or NULL. */
const struct affected_unit *affected_find_unit(
	const struct affected *affected, const char *runner, const char *id);

/*
 * What to hand to the runner: ids, or the file where the file itself has to
 * be collected again, because ids in it may be gone or new. Sorted, each
 * once; the strings are owned by the list. runner: only this one's;
 * NULL: of all that are answers.
 * With `ids` every recorded unit's own id, whatever happened to its file.
 */
struct arguments {
	char **list;
	size_t count, room;
};

struct project_here;
struct left;

/* No runner takes these: they are for `ftrace check`. */
bool unit_is_check(const char *runner, const char *id);

/*
 * Whether a unit belongs to an answer that is handed to a runner: no check,
 * and beside tests no command, which is no test of any runner.
 */
bool affected_is_answer(
	const struct affected *affected, const char *runner, const char *id);

/*
 * here: whence the runner will look, NULL for ids as stored. left: files whose
 * units are not wanted, or NULL.
 */
void affected_arguments(const struct affected *affected, const char *runner,
	bool ids, const struct project_here *here, const struct left *left,
	struct arguments *arguments);
void arguments_release(struct arguments *arguments);

#endif
