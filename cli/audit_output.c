/* SPDX-License-Identifier: MIT */
#include "cli/audit_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/output.h"
#include "map/variable.h"

size_t audit_count_gaps(const struct audit_report *report)
{
	size_t n = 0;

	for (size_t i = 0; i < report->count; i++)
		n += report->runs[i].audit.gaps.count +
		     (report->runs[i].audit.incomplete != NULL);
	return n;
}

size_t audit_count_run(const struct audit_report *report)
{
	size_t n = 0;

	for (size_t i = 0; i < report->count; i++)
		n += report->runs[i].audit.ran && report->runs[i].audit.known;
	return n;
}

static void print_gap(
	const char *id, const struct audit_gap *gap, const char *reader)
{
	printf("%s: %s %s%s%s", id, kinds_text(gap->kinds),
		variable_shown(gap->path), *gap->block ? "  " : "", gap->block);
	if (reader && gap->others)
		printf("; read by %s and %zu more", reader, gap->others);
	else if (reader)
		printf("; read by %s", reader);
	putchar('\n');
}

static void print_run(
	const struct audit_run *run, const struct project_here *here)
{
	const struct audit *audit = &run->audit;
	char *id = project_show(here, run->unit->id);

	for (size_t i = 0; i < audit->gaps.count; i++) {
		const struct audit_gap *gap = &audit->gaps.list[i];
		char *reader =
			gap->reader ? project_show(here, gap->reader) : NULL;

		print_gap(id, gap, reader);
		free(reader);
	}
	if (audit->incomplete)
		printf("%s: incomplete, %s\n", id, audit->incomplete);
	if (audit_is_order_dependent(audit))
		printf("%s: order-dependent, %s alone and %s as recorded\n", id,
			audit->after, audit->before);
	free(id);
}

void audit_print(
	const struct audit_report *report, const struct project_here *here)
{
	for (size_t i = 0; i < report->count; i++)
		print_run(&report->runs[i], here);
}

static cJSON *gap_json(const struct audit_gap *gap)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddItemToObject(item, "path", json_path(gap->path));
	if (*gap->block)
		cJSON_AddItemToObject(item, "block", json_bytes(gap->block));
	json_add_kinds(item, "kinds", gap->kinds);
	if (gap->reader) {
		cJSON_AddItemToObject(item, "reader", json_bytes(gap->reader));
		cJSON_AddNumberToObject(
			item, "readers", (double)gap->others + 1);
	}
	return item;
}

static void add_outcome(cJSON *item, const char *name, const char *outcome)
{
	if (outcome)
		cJSON_AddStringToObject(item, name, outcome);
	else
		cJSON_AddNullToObject(item, name);
}

static cJSON *run_json(const struct audit_run *run)
{
	const struct audit *audit = &run->audit;
	cJSON *item = cJSON_CreateObject(), *gaps;

	cJSON_AddItemToObject(item, "id", json_bytes(run->unit->id));
	cJSON_AddStringToObject(item, "runner", run->unit->runner);
	add_outcome(item, "outcome", run->unit->outcome);
	add_outcome(item, "alone", audit->after);
	cJSON_AddBoolToObject(
		item, "order_dependent", audit_is_order_dependent(audit));
	if (audit->incomplete)
		cJSON_AddItemToObject(
			item, "incomplete", json_bytes(audit->incomplete));
	if (run->problem)
		cJSON_AddItemToObject(
			item, "problem", json_bytes(run->problem));
	gaps = cJSON_AddArrayToObject(item, "gaps");
	for (size_t i = 0; i < audit->gaps.count; i++)
		cJSON_AddItemToArray(gaps, gap_json(&audit->gaps.list[i]));
	return item;
}

void audit_print_json(const struct audit_report *report)
{
	const struct sample *sample = report->sample;
	cJSON *json = json_new(), *units, *left_out;

	/* A seed may be larger than the numbers that JSON is sure to keep. */
	char *seed = xasprintf("%llu", (unsigned long long)report->seed);

	cJSON_AddStringToObject(json, "seed", seed);
	free(seed);
	units = cJSON_AddArrayToObject(json, "units");
	for (size_t i = 0; i < report->count; i++)
		cJSON_AddItemToArray(units, run_json(&report->runs[i]));
	left_out = cJSON_AddObjectToObject(json, "left_out");
	cJSON_AddNumberToObject(left_out, "changed", (double)sample->changed);
	cJSON_AddNumberToObject(
		left_out, "incomplete", (double)sample->incomplete);
	cJSON_AddNumberToObject(left_out, "gone", (double)sample->gone);
	cJSON_AddNumberToObject(json, "recorded", (double)sample->known);
	json_print(json);
}

void audit_summarise(const struct audit_report *report)
{
	size_t gaps = audit_count_gaps(report), order = 0;
	const struct sample *sample = report->sample;
	char *ran = xstrdup(counted(audit_count_run(report), "unit", "units"));

	for (size_t i = 0; i < report->count; i++)
		order += audit_is_order_dependent(&report->runs[i].audit);
	note("audited %s of %zu, seed %llu: %s%s%s", ran, sample->known,
		(unsigned long long)report->seed,
		gaps ? counted(gaps, "gap", "gaps") : "no gap",
		gaps ? ", now in the map" : "",
		order ? "; some tests end otherwise alone" : "");
	free(ran);
	if (sample->changed)
		note("%s not audited, because an edit affects them; run them "
		     "first, with 'ftrace test'",
			counted(sample->changed, "unit was", "units were"));
	if (sample->incomplete)
		note("%s not audited, because not everything about them was "
		     "seen; they are always selected",
			counted(sample->incomplete, "unit was", "units were"));
	if (sample->gone)
		note("%s not audited, because their file is gone",
			counted(sample->gone, "unit was", "units were"));
}
