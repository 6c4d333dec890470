/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "outcomes/report.h"

#define ODD "t\xff\xc3\xa9\\udc80 \xf0\x9f\x98\x80\"\n"

static struct report report;
static struct err err;

static void add(const char *id, const char *part, const char *outcome)
{
	results_end(
		&report.results, &(struct result){.runner = (char *)"pytest",
					 .id = (char *)id,
					 .part = (char *)part,
					 .state = UNIT_STALE,
					 .outcome = (char *)outcome,
					 .before = (char *)"skipped",
					 .reason = (char *)"a.py modified",
					 .changed = true,
					 .duration = 1234567});
}

static void make(void)
{
	memset(&report, 0, sizeof(report));
	report.ftrace = xstrdup("0.1");
	report.root = xstrdup("/p");
	report.full = true;
	report.argv = xcalloc(3, sizeof(*report.argv));
	report.argv[0] = xstrdup("pytest");
	report.argv[1] = xstrdup(ODD);
	report.directory = xstrdup(".");
	report.started = 1795229185000000000;
	report.lasted = 1500000000;
	report.status = 137;
	for (const char *path = "ba"; *path; path++)
		*(char **)array_add(&report.changed, &report.changed_count,
			&report.changed_room, sizeof(char *)) =
			xmemdup(path, 1);
	add("b", "", "failed");
	add("b", "", "passed");
	add("b", ODD, NULL);
	add("a", "", "failed");
}

/* What it says, of a text of the test's own. */
static const char *refused(const char *text)
{
	struct report read;

	write_file("r.json", text);
	assert_true(report_read(&read, "r.json", &err) < 0);
	report_release(&read);
	assert_null(strchr(err.text, '\n'));
	return err.text;
}

TEST(written_and_read)
{
	struct report read;
	struct result *result;
	char *text, *again;

	make();
	text = report_text(&report);
	write_file("r.json", text);
	assert_int_equal(report_read(&read, "r.json", &err), 0);
	assert_true(read.full);
	assert_string_equal(read.argv[1], ODD);
	assert_null(read.argv[2]);
	assert_int_equal(read.status, 137);
	assert_int_equal(read.lasted, 1500000000);
	assert_string_equal(read.changed[0], "a");
	assert_int_equal(read.results.count, 3);
	assert_string_equal(read.results.list[0].id, "a");
	result = results_find(&read.results, "pytest", "b", "");
	assert_string_equal(result->outcome, "passed");
	assert_string_equal(result->before, "skipped");
	assert_string_equal(result->reason, "a.py modified");
	assert_int_equal(result->duration, 1234567);
	assert_int_equal(result->attempt_count, 1);
	assert_string_equal(result->attempts[0], "failed");
	assert_int_equal(result->state, UNIT_STALE);
	assert_true(result->ran && result->selected && result->changed);
	result = results_find(&read.results, "pytest", "b", ODD);
	assert_null(result->outcome);
	again = report_text(&read);
	assert_string_equal(again, text);
	free(again);
	free(text);
	report_release(&read);
	report_release(&report);
}

TEST(totals)
{
	struct report_totals count;

	make();
	results_place(&report.results, "pytest", "c", "")->duration = 5;
	report_count(&count, &report);
	assert_int_equal(count.units, 3);
	assert_int_equal(count.cases, 1);
	assert_int_equal(count.ran, 2);
	assert_int_equal(count.states[UNIT_STALE], 2);
	assert_int_equal(count.states[UNIT_HIT], 1);
	assert_int_equal(count.spared, 5);
	report_release(&report);
}

/* However much of it there is, but for the newline at its end. */
TEST(cut_short)
{
	char *text;
	size_t size;

	make();
	text = report_text(&report);
	size = strlen(text);
	for (size_t n = 0; n + 1 < size; n += 7) {
		char *part = xmemdup(text, n);

		assert_non_null(strstr(refused(part), "was cut short"));
		free(part);
	}
	free(text);
	report_release(&report);
}

TEST(no_report)
{
	struct report read;

	assert_true(report_read(&read, "none.json", &err) < 0);
	report_release(&read);
	assert_non_null(strstr(err.text, "'none.json': No such file"));
	assert_true(report_read(&read, ".", &err) < 0);
	report_release(&read);
	assert_non_null(strstr(err.text, "Is a directory"));
	assert_non_null(
		strstr(refused("{\n\"a\": 1,\n]}"), "not JSON: see line 3"));
	assert_non_null(strstr(refused("{} x"), "is not JSON"));
	assert_non_null(strstr(refused("[1]"), "is no report"));
	assert_non_null(strstr(refused("{\"version\": 1}"), "is no report"));
	assert_non_null(
		strstr(refused("{\"kind\": \"ftrace-report\", \"version\": 2}"),
			"is of version 2 and this ftrace reads 1"));
	assert_non_null(strstr(refused("{\"kind\": \"ftrace-report\"}"),
		"there is no 'version'"));
}

/* A report with one text in it replaced. */
static const char *refused_with(const char *old, const char *new)
{
	char *text, *at, *other;
	const char *said;

	make();
	text = report_text(&report);
	at = strstr(text, old);
	assert_non_null(at);
	*at = '\0';
	other = xasprintf("%s%s%s", text, new, at + strlen(old));
	said = refused(other);
	free(other);
	free(text);
	report_release(&report);
	return said;
}

TEST(members_that_are_wrong)
{
	assert_string_equal(refused_with("\"id\":\t\"a\"", "\"ID\":\t\"a\""),
		"report 'r.json': there is no 'id' of unit 1");
	assert_string_equal(refused_with("\"id\":\t\"b\"", "\"id\":\t2"),
		"report 'r.json': 'id' of unit 2 is not a string");
	assert_string_equal(refused_with("\"ran\":\ttrue", "\"ran\":\t1"),
		"report 'r.json': 'ran' of unit 1 is not true or false");
	assert_non_null(strstr(refused_with("\"stale\",", "\"old\","),
		"'state' of unit 1 is 'old'"));
	assert_non_null(strstr(refused_with("\"stale\",", "\"a\\nb\","),
		"'state' of unit 1 is '(not printable)'"));
	assert_non_null(strstr(refused_with("\"id\":\t\"a\"", "\"id\":\t\"b\""),
		"'id' of unit 2 is 'that of a unit before'"));
	assert_non_null(strstr(
		refused_with("\"mode\":\t\"full\"", "\"mode\":\t\"half\""),
		"'mode' is 'half'"));
	assert_non_null(strstr(refused_with("\"argv\":\t[", "\"argv\":\t[1, "),
		"'argv' is 'a list with other than strings'"));
	assert_non_null(strstr(
		refused_with("\"argv\":\t[", "\"argv\":\t[], \"more\":\t["),
		"'argv' is 'a list without a command'"));
	assert_non_null(
		strstr(refused_with("\"argv\":\t[", "\"argv\":\t[\"\", "),
			"'argv' is 'a list without a command'"));
	assert_non_null(strstr(refused_with("\"units\":\t[", "\"unity\":\t["),
		"there is no 'units'"));
}

TEST(slashes_tell_no_parts_of_a_name)
{
	struct results results = {.list = NULL};

	results_place(&results, "a/b", "c", "");
	assert_null(results_find(&results, "a", "b/c", ""));
	assert_non_null(results_find(&results, "a/b", "c", ""));
	results_release(&results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(written_and_read),
		IN_SCRATCH(totals),
		IN_SCRATCH(cut_short),
		IN_SCRATCH(no_report),
		IN_SCRATCH(members_that_are_wrong),
		IN_SCRATCH(slashes_tell_no_parts_of_a_name),
	};

	return RUN_TESTS(tests);
}
