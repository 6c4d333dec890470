/* SPDX-License-Identifier: MIT */
/*
 * What an audit adds to a unit, what it leaves alone, and what is no gap.
 */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "map/audit.h"
#include "map/query.h"
#include "tests/unit/graph.h"
#include "wire/kind.h"

static struct audit audit;

static void begin(void)
{
	audit_release(&audit);
	graph_begin();
}

/* "path path; unsure path"; the session's scope is the unit's. */
static const char *result(uint32_t unit)
{
	static char text[512];

	graph_audit(unit, &audit);
	*text = '\0';
	for (size_t i = 0; i < audit.gaps.count; i++)
		sprintf(text + strlen(text), "%s%s", i ? " " : "",
			audit.gaps.list[i].path);
	for (size_t i = 0; i < audit.unsure.count; i++)
		sprintf(text + strlen(text), "; %s", audit.unsure.list[i].path);
	return text;
}

TEST(is_added_to_what_was_there)
{
	uint32_t unit;

	write_file("a", "a");
	write_file("b", "b");
	graph_unit("r/other", "b");
	graph_unit("r/one", "a");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "b");
	assert_string_equal(result(unit), "b");
	assert_true(audit.known && audit.ran);
	assert_string_equal(audit.gaps.list[0].reader, "other");
	assert_int_equal(audit.gaps.list[0].others, 0);
	assert_string_equal(graph_affected("a"), "one");
	assert_string_equal(graph_affected("b"), "one other");
	assert_int_equal(
		graph_number("SELECT count(*) FROM unit WHERE outcome ="
			     " 'passed'"),
		2);
	assert_int_equal(graph_number("SELECT count(*) FROM session"), 2);
}

TEST(another_outcome_is_told_and_not_stored)
{
	uint32_t unit;

	write_file("b", "b");
	graph_unit("r/one", "a");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_at(unit)->outcome = "failed";
	graph_read(unit, "b");
	assert_string_equal(result(unit), "");
	assert_string_equal(audit.before, "passed");
	assert_string_equal(audit.after, "failed");
	assert_true(audit_is_order_dependent(&audit));
	assert_string_equal(graph_affected("b"), "");
	assert_int_equal(graph_number("SELECT count(*) FROM unit WHERE outcome"
				      " = 'passed'"),
		1);
}

TEST(finds_nothing_twice)
{
	uint32_t unit;

	write_file("a", "a");
	write_file("b", "b");
	graph_unit("r/one", "a");
	for (int i = 0; i < 2; i++) {
		begin();
		unit = graph_scope(SCOPE_UNIT, "r/one");
		graph_read(unit, "b");
		assert_string_equal(result(unit), i ? "" : "b");
	}
	assert_int_equal(graph_number("SELECT count(*) FROM readset"), 1);
}

/* What others had read for it and it read itself now is no news. */
TEST(compares_closures)
{
	uint32_t unit, module;

	write_file("a", "a");
	write_file("b", "b");
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	module = graph_scope(SCOPE_MODULE, "m");
	graph_use(unit, module);
	graph_read(module, "a");
	graph_commit();
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	module = graph_scope(SCOPE_FIXTURE, "f");
	graph_use(unit, module);
	graph_read(unit, "a");
	graph_read(module, "b");
	assert_string_equal(result(unit), "b");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 2);
	assert_string_equal(graph_affected("b"), "one");
}

/* What the runner does by itself hangs on its command line. */
TEST(runners_own_reads)
{
	uint32_t unit, base, module;

	write_file("a", "a");
	write_file("b", "b");
	write_file("c", "c");
	graph_unit("r/one", "a");
	graph_unit("r/two", "b");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	base = graph_scope(SCOPE_RUN, "");
	module = graph_scope(SCOPE_MODULE, "m");
	graph_use(unit, base);
	graph_use(base, module);
	graph_read(base, "b");
	graph_read(module, "c");
	assert_string_equal(result(unit), "b");
}

TEST(absence_takes_two_runs)
{
	static const char *const others[] = {"none/there", "none/then"};
	static const char *const expected[] = {
		"; none/here; none/there", "none/here; none/here; none/there"};
	uint32_t unit;

	write_file("a", "a");
	graph_unit("r/one", "a");
	audit_release(&audit);
	for (int i = 0; i < 2; i++) {
		graph_begin();
		unit = graph_scope(SCOPE_UNIT, "r/one");
		graph_read(unit, "none/here");
		graph_read(unit, others[i]);
		assert_string_equal(result(unit), expected[i]);
	}
	assert_string_equal(graph_affected("none/here"), "one");
	assert_string_equal(graph_affected("none/there"), "");
	assert_string_equal(graph_affected("none/then"), "");
}

/* It cannot come without the directory. */
TEST(absent_below_what_is_absent)
{
	uint32_t unit;

	graph_unit("r/one", "none");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "none/here/at/all");
	assert_string_equal(result(unit), "");
}

/* A run that ended otherwise tells nothing of what is needed no more. */
TEST(is_dropped_when_it_is_not_met)
{
	uint32_t unit;

	write_file("a", "a");
	write_file("b", "b");
	graph_unit("r/one", "a");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "b");
	assert_string_equal(result(unit), "b");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_at(unit)->outcome = "failed";
	assert_string_equal(result(unit), "");
	assert_string_equal(graph_affected("b"), "one");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	assert_string_equal(result(unit), "");
	assert_string_equal(graph_affected("b"), "");
	assert_string_equal(graph_affected("a"), "one");
}

TEST(loads_what_was_found)
{
	struct audited *list;
	struct err err;
	uint32_t unit;
	size_t count;

	write_file("a", "a");
	write_file("b", "b");
	graph_unit("r/one", "a");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "b");
	assert_string_equal(result(unit), "b");
	assert_int_equal(audit_load(&list, &count, &graph_map, &err), 0);
	assert_int_equal(count, 1);
	assert_string_equal(list[0].unit, "r/one");
	assert_string_equal(list[0].path, "b");
	assert_int_equal(list[0].aspect, ASPECT_CONTENT);
	assert_int_equal(list[0].kinds, KIND_BIT(ACCESS_READ) | KIND_AUDITED);
	audit_load_release(list, count);
}

TEST(others_that_ran_spoil_it)
{
	uint32_t unit;

	write_file("a", "a");
	write_file("b", "b");
	graph_unit("r/one", "a");
	begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "b");
	graph_scope(SCOPE_UNIT, "r/two");
	assert_string_equal(result(unit), "");
	assert_int_equal(audit.strangers, 1);
	assert_string_equal(graph_affected("b"), "");
}

TEST(incomplete)
{
	uint32_t unit;

	graph_unit("r/one", "a");
	begin();
	audit.incomplete = xstrdup("something ran unseen");
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "a");
	assert_string_equal(result(unit), "");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"
				      " WHERE incomplete IS NOT NULL"),
		1);
}

TEST(unknown)
{
	uint32_t unit;

	graph_unit("r/one", "a");
	begin();
	audit.unit = "r/two";
	unit = graph_scope(SCOPE_UNIT, "r/two");
	graph_read(unit, "b");
	assert_string_equal(result(unit), "");
	assert_false(audit.known);
	assert_string_equal(graph_units(), "one");
}

#define HERE(name) \
	cmocka_unit_test_setup_teardown(name, graph_enter, graph_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(is_added_to_what_was_there),
		HERE(another_outcome_is_told_and_not_stored),
		HERE(finds_nothing_twice),
		HERE(compares_closures),
		HERE(runners_own_reads),
		HERE(absence_takes_two_runs),
		HERE(absent_below_what_is_absent),
		HERE(is_dropped_when_it_is_not_met),
		HERE(loads_what_was_found),
		HERE(others_that_ran_spoil_it),
		HERE(incomplete),
		HERE(unknown),
	};
	int failed = RUN_TESTS(tests);

	audit_release(&audit);
	return failed;
}
