/* SPDX-License-Identifier: MIT */
/*
 * An audit: a unit is run once more, alone, and what it reached that its
 * recorded closure does not hold is added to the unit itself. Nothing else of
 * the map changes: what was recorded stays, and so does the outcome.
 *
 * What was added is marked (KIND_AUDITED). When the unit is recorded again it
 * keeps that: what stayed in memory once will do so again, unseen.
 */
#ifndef FTRACE_MAP_AUDIT_H
#define FTRACE_MAP_AUDIT_H

#include "map/recording.h"

/* A state that was reached now and not before. */
struct audit_gap {
	char *path; /* as stored */
	char *block;
	enum aspect aspect;
	uint32_t kinds;
	char *reader;  /* the id of another unit that reads it, or NULL */
	size_t others; /* how many more do */
};

struct audit_gaps {
	struct audit_gap *list;
	size_t count, room;
};

struct audit {
	const char *unit;       /* "runner/id" */
	struct audit_gaps gaps; /* by path and block; in the map now */
	/*
	 * What was looked for in vain, once. Names that are new in every run
	 * are no dependency: it takes a second run to tell.
	 */
	struct audit_gaps unsure;
	bool known;       /* the map holds the unit */
	bool ran;         /* it began to run */
	unsigned runs;    /* that were compared */
	size_t strangers; /* other units ran besides */
	char *before;     /* the recorded outcome, or NULL */
	char *after;      /* the outcome now; NULL: it did not end */
	char *incomplete; /* why not all was seen now, and was before */
};

/*
 * Inside a transaction. The recording is that of a run of the unit, a scope
 * of it. May be called again for another run of the same audit.
 */
int recording_audit(struct recording *recording, uint32_t unit, struct map *map,
	struct audit *audit, struct err *err);
void audit_release(struct audit *audit);

/*
 * Whether it ended otherwise than recorded. Then it went another way, and what
 * it met there (a traceback's sources) is not what the record lacks: nothing
 * is compared.
 */
bool audit_is_order_dependent(const struct audit *audit);

/* What earlier audits found, of every unit. */
struct audited {
	char *unit; /* "runner/id" */
	char *path; /* as stored */
	char *block;
	enum aspect aspect;
	uint32_t kinds;
};
int audit_load(
	struct audited **list, size_t *count, struct map *map, struct err *err);
void audit_load_release(struct audited *list, size_t count);

#endif
