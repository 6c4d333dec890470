/* SPDX-License-Identifier: MIT */
#include "outcomes/junit_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/id.h"
#include "base/json.h"
#include "languages/language.h"
#include "runners/adapter.h"
#include "runners/outcomes/told.h"

/* What a suite has, and all suites together. */
struct sums {
	size_t tests, failures, errors, skipped;
	int64_t time;
};

/* U+FFFE and U+FFFF, which are no characters. */
static bool is_no_character(const char *text, size_t size)
{
	return size == 3 && !memcmp(text, "\xef\xbf", 2) &&
	       (unsigned char)text[2] >= 0xbe;
}

/*
 * As the value of an attribute. What XML cannot hold, not even as a reference,
 * is written as Python does in a string.
 */
static void put_text(FILE *file, const char *text, size_t size)
{
	for (size_t i = 0, n; i < size; i += n) {
		unsigned char byte = (unsigned char)text[i];

		n = utf8_length(text + i);
		if (byte == '<')
			fputs("&lt;", file);
		else if (byte == '>')
			fputs("&gt;", file);
		else if (byte == '&')
			fputs("&amp;", file);
		else if (byte == '"')
			fputs("&quot;", file);
		else if (byte == '\t' || byte == '\n' || byte == '\r')
			fprintf(file, "&#%u;", byte);
		else if (!n || byte < 0x20)
			fprintf(file, "\\x%02x", byte);
		else if (is_no_character(text + i, n))
			fprintf(file, "\\uff%02x",
				(unsigned char)text[i + 2] | 0xc0);
		else
			fwrite(text + i, 1, n, file);
		if (!n)
			n = 1;
	}
}

static void put_attribute(FILE *file, const char *name, const char *text)
{
	fprintf(file, " %s=\"", name);
	put_text(file, text, strlen(text));
	fputc('"', file);
}

static void put_time(FILE *file, int64_t microseconds)
{
	fprintf(file, " time=\"%.6f\"",
		microseconds > 0 ? (double)microseconds / 1e6 : 0.0);
}

/* A file and the names in it with dots between them, as modules are called. */
static void put_class(FILE *file, const char *id, size_t size)
{
	size_t part = id_part_end(id, size, 0);
	const struct language *language = language_of(id, part);
	size_t suffix = language ? strlen(language->suffix) : 0;

	for (size_t i = 0; i < part - suffix;) {
		size_t n = utf8_length(id + i);

		if (id[i] == '/')
			fputc('.', file);
		else
			put_text(file, id + i, n ? n : 1);
		i += n ? n : 1;
	}
	for (size_t at; part < size; part = at + part) {
		at = id_next(part);
		fputc('.', file);
		part = id_part_end(id, size, at) - at;
		put_text(file, id + at, part);
	}
}

static bool junit_text_is(const char *outcome, const char *word)
{
	return outcome && !strcmp(outcome, word);
}

static void put_names(FILE *file, const struct result *result)
{
	const char *text = *result->part ? result->part : result->id;
	const char *name = id_last(text);
	size_t size = (size_t)(name - text);

	/* A file that could not be collected has no class for pytest. */
	if (!*result->part && !size && adapter_named(result->runner)) {
		fputs(" classname=\"\" name=\"", file);
		put_class(file, text, strlen(text));
		fputc('"', file);
		return;
	}
	fputs(" classname=\"", file);
	if (*result->part && size)
		put_text(file, text, size - id_next(0));
	else if (*result->part)
		put_text(file, result->id, strlen(result->id));
	else if (size)
		put_class(file, text, size - id_next(0));
	else
		put_text(file, result->runner, strlen(result->runner));
	fputc('"', file);
	put_attribute(file, "name", name);
}

static void put_element(
	FILE *file, const char *name, const char *type, const char *message)
{
	fprintf(file, "<%s", name);
	if (type)
		put_attribute(file, "type", type);
	put_attribute(file, "message", message);
	fputs("/>", file);
}

/* Why a test was not run. */
static void put_not_run(FILE *file, const struct result *result)
{
	char *message;

	if (result->state == UNIT_HIT)
		message = xasprintf("hit: nothing it depends on has changed; "
				    "last time: %s",
			result->outcome ? result->outcome : "nobody knows");
	else
		message = xasprintf(
			"%s, and not run", unit_state_name(result->state));
	put_element(file, "skipped", NULL, message);
	free(message);
}

static void put_attempts(FILE *file, const struct result *result)
{
	const char *name = outcome_is_failure(result->outcome) ? "rerunFailure"
							       : "flakyFailure";

	for (size_t i = 0; i < result->attempt_count; i++)
		if (!outcome_is_success(result->attempts[i]) &&
			!junit_text_is(result->attempts[i], "skipped"))
			put_element(file, name, NULL, result->attempts[i]);
}

/* What says that it did not pass; the sums are of just that. */
static void put_outcome(
	FILE *file, const struct result *result, struct sums *sums)
{
	const char *outcome = result->outcome;
	const char *reason = result->reason ? result->reason : "";

	if (!result->ran) {
		sums->skipped++;
		put_not_run(file, result);
		return;
	}
	if (junit_text_is(outcome, "failed")) {
		sums->failures++;
		put_element(file, "failure", NULL, reason);
	} else if (junit_text_is(outcome, "error") || !outcome) {
		sums->errors++;
		put_element(file, "error", NULL,
			outcome ? reason : "nobody knows how it ended");
	} else if (junit_text_is(outcome, "skipped")) {
		sums->skipped++;
		put_element(file, "skipped", NULL, "");
	} else if (junit_text_is(outcome, "xfailed")) {
		sums->skipped++;
		put_element(file, "skipped", JUNIT_XFAILED,
			"failed, as was expected");
	}
	put_attempts(file, result);
}

static void put_case(FILE *file, const struct result *result, struct sums *sums)
{
	fputs("\t\t<testcase", file);
	put_names(file, result);
	put_time(file, result->ran ? result->duration : 0);
	fputc('>', file);
	put_outcome(file, result, sums);
	fputs("</testcase>\n", file);
	sums->tests++;
	if (result->ran && result->duration > 0)
		sums->time += result->duration;
}

/* How much of an id names the suite: the file of a test, or all of it. */
static size_t suite_size(const struct result *result)
{
	size_t file = id_file(result->id);

	return *result->part || !file ? strlen(result->id) : file;
}

static bool is_same_suite(const struct result *a, const struct result *b)
{
	size_t size = suite_size(a);

	return !strcmp(a->runner, b->runner) && size == suite_size(b) &&
	       !memcmp(a->id, b->id, size);
}

/* Its cases stand for a unit, unless it alone knows of a failure. */
static bool is_told_by_cases(const struct result *const *from, size_t count)
{
	const struct result *unit = from[0];
	bool failed = unit->ran &&
		      (!unit->outcome || outcome_is_failure(unit->outcome));
	size_t i = 1;

	for (; i < count && !strcmp(from[i]->id, unit->id) &&
		!strcmp(from[i]->runner, unit->runner) && *from[i]->part;
		i++)
		failed = failed && !outcome_is_failure(from[i]->outcome);
	return i > 1 && !failed;
}

static void put_sums(FILE *file, const struct sums *sums)
{
	fprintf(file,
		" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
		"skipped=\"%zu\"",
		sums->tests, sums->failures, sums->errors, sums->skipped);
	put_time(file, sums->time);
}

static void junit_text_add(struct sums *all, const struct sums *sums)
{
	all->tests += sums->tests;
	all->failures += sums->failures;
	all->errors += sums->errors;
	all->skipped += sums->skipped;
	all->time += sums->time;
}

/* Returns how many results are in it. */
static size_t put_suite(FILE *file, const struct result *const *from,
	size_t count, const char *stamp, struct sums *all)
{
	struct sums sums = {.tests = 0};
	size_t size, n = 0;
	char *cases = NULL;
	FILE *inner = open_memstream(&cases, &size);

	for (; n < count && is_same_suite(from[0], from[n]); n++)
		if (*from[n]->part || !is_told_by_cases(from + n, count - n))
			put_case(inner, from[n], &sums);
	fclose(inner);
	fputs("\t<testsuite name=\"", file);
	put_text(file, from[0]->id, suite_size(from[0]));
	fputc('"', file);
	put_sums(file, &sums);
	if (*stamp)
		put_attribute(file, "timestamp", stamp);
	fprintf(file, ">\n%s\t</testsuite>\n", cases);
	free(cases);
	junit_text_add(all, &sums);
	return n;
}

char *junit_text(const struct report *report)
{
	size_t count, size;
	const struct result **sorted = report_sorted(report, &count);
	time_t started = (time_t)(report->started / 1000000000);
	char *suites = NULL, *text = NULL, stamp[32] = "";
	FILE *file = open_memstream(&suites, &size);
	struct sums all = {.tests = 0};
	struct tm tm;

	if (started && gmtime_r(&started, &tm))
		strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	for (size_t i = 0; i < count;)
		i += put_suite(file, sorted + i, count - i, stamp, &all);
	fclose(file);
	file = open_memstream(&text, &size);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	      "<testsuites name=\"ftrace\"",
		file);
	put_sums(file, &all);
	fprintf(file, ">\n%s</testsuites>\n", suites);
	fclose(file);
	free(suites);
	free(sorted);
	return text;
}
