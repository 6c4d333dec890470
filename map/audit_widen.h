/* SPDX-License-Identifier: MIT */
/*
 * The second half of an audit, for map/audit*.c only: what is to be added to
 * the unit, and the adding.
 */
#ifndef FTRACE_MAP_AUDIT_WIDEN_H
#define FTRACE_MAP_AUDIT_WIDEN_H

#include "map/audit.h"
#include "map/query.h"

struct audit_widening {
	struct audit *audit;
	struct map_files *files;
	struct query_units units; /* all of the map's */
	int64_t scope;            /* of the audited unit */
	const char *id;           /* its id, in units */
	/* What the unit itself read before. */
	struct kept_read {
		uint32_t place; /* in files; INTERN_NONE: nobody knows */
		int64_t id;
		uint32_t kinds;
		bool reached; /* by the unit now, too, itself or not */
	} * kept;
	size_t kept_count, kept_room;
	struct recorded_read *added;
	size_t added_count, added_room;
};

void audit_widening_keep(struct audit_widening *widening, uint32_t place,
	int64_t id, uint32_t kinds);
void audit_widening_add(
	struct audit_widening *widening, uint32_t state, uint32_t kinds);

/*
 * Each kept read has to say by now whether it is reached. Sorts what was added
 * into the audit's gaps and what is not sure yet, and gives the unit's scope a
 * set with the gaps.
 */
int audit_widening_store(
	struct audit_widening *widening, struct map *map, struct err *err);
void audit_widening_release(struct audit_widening *widening);

#endif
