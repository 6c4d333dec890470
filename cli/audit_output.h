/* SPDX-License-Identifier: MIT */
/*
 * What an audit tells: its answer, and what people are told beside it.
 */
#ifndef FTRACE_CLI_AUDIT_OUTPUT_H
#define FTRACE_CLI_AUDIT_OUTPUT_H

#include "map/audit.h"
#include "map/project.h"
#include "selector/sample.h"

/* One unit that was run alone. */
struct audit_run {
	const struct query_unit *unit;
	struct audit audit;
	char *problem; /* why nothing can be said of it, or NULL */
};

struct audit_report {
	uint64_t seed;
	const struct sample *sample;
	struct audit_run *runs; /* by id, when they are printed */
	size_t count;
};

void audit_print(
	const struct audit_report *report, const struct project_here *here);
void audit_print_json(const struct audit_report *report);
void audit_summarise(const struct audit_report *report);

/* Gaps, and units whose record turned out to be incomplete. */
size_t audit_count_gaps(const struct audit_report *report);

/* Units that did run. */
size_t audit_count_run(const struct audit_report *report);

#endif
