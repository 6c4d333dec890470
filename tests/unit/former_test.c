/* SPDX-License-Identifier: MIT */
/*
 * Results that are not the newest: which are remembered, when one is the
 * newest again, and what goes.
 */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "map/former.h"
#include "map/query.h"
#include "map/widen.h"
#include "tests/unit/graph.h"
#include "wire/kind.h"

static struct err err;

static void put(const char *path, const char *text)
{
	wait_for_clock();
	write_file(path, text);
	wait_for_clock();
}

/* A run of one test that reads one file, which ends like that. */
static void run_unit(const char *name, const char *path, const char *outcome)
{
	uint32_t unit;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, name);
	graph_at(unit)->outcome = outcome;
	graph_read(unit, path);
	graph_commit();
}

static int64_t results(void)
{
	return graph_number("SELECT count(*) FROM former");
}

/* Whether what the units depend on is as on disk, by the map. */
static int64_t stale(void)
{
	return graph_number(
		"SELECT count(*) FROM state WHERE live = 0 AND former = 0");
}

TEST(there_and_back)
{
	put("a", "one");
	run_unit("r/t", "a", "passed");
	put("a", "two");
	run_unit("r/t", "a", "passed");
	assert_int_equal(results(), 1);
	assert_int_equal(graph_recall(), 0);
	for (int i = 0; i < 3; i++) {
		put("a", i % 2 ? "two" : "one");
		assert_int_equal(graph_recall(), 1);
		assert_int_equal(results(), 1);
		assert_int_equal(stale(), 0);
		assert_string_equal(graph_affected("a"), "t");
		assert_int_equal(graph_recall(), 0);
	}
	put("a", "three");
	assert_int_equal(graph_recall(), 0);
	assert_int_equal(stale(), 1);
}

/* It is what a scope leads to that has to be as it was. */
TEST(through_other_scopes)
{
	const char *const texts[] = {"one", "two", "one"};

	put("b", "b");
	for (int i = 0; i < 3; i++) {
		put("a", texts[i]);
		if (i == 2)
			put("b", "other");
		if (i < 2) {
			uint32_t unit, module, round;

			graph_begin();
			unit = graph_scope(SCOPE_UNIT, "r/t");
			module = graph_scope(SCOPE_MODULE, "m");
			round = graph_scope(SCOPE_MODULE, "n");
			graph_read(module, "a");
			graph_read(round, "b");
			graph_use(unit, module);
			graph_use(module, round);
			graph_use(round, module);
			graph_commit();
		}
	}
	assert_int_equal(graph_recall(), 0);
	put("b", "b");
	assert_int_equal(graph_recall(), 1);
	assert_string_equal(graph_affected("b"), "t");
}

/* What failed as things are now fails still: it is no hit. */
TEST(what_failed_comes_back_as_failed)
{
	const char *const outcomes[] = {"failed", "error", "passed"};

	for (size_t i = 0; i < 3; i++) {
		char text[] = {(char)('0' + i), 0};

		put("a", text);
		run_unit("r/t", "a", outcomes[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		char text[] = {(char)('0' + i), 0};

		put("a", text);
		assert_int_equal(graph_recall(), 1);
		assert_int_equal(graph_number("SELECT outcome IN ('failed',"
					      " 'error') FROM unit"),
			1);
	}
}

/* It never ran: there is nothing to remember. */
TEST(what_did_not_run_is_not_remembered)
{
	put("a", "one");
	run_unit("r/t", "a", NULL);
	put("a", "two");
	run_unit("r/t", "a", "passed");
	assert_int_equal(results(), 0);
}

/* An undone edit is a hit, though the edit broke the test. */
TEST(a_failure_is_undone)
{
	put("a", "good");
	run_unit("r/t", "a", "passed");
	put("a", "bad");
	run_unit("r/t", "a", "failed");
	put("a", "good");
	assert_int_equal(graph_recall(), 1);
	assert_int_equal(
		graph_number("SELECT outcome = 'passed' FROM unit"), 1);
}

TEST(what_was_not_all_seen_is_not_remembered)
{
	uint32_t unit, module;

	put("a", "one");
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/t");
	module = graph_scope(SCOPE_MODULE, "m");
	graph_at(module)->incomplete = "why";
	graph_read(unit, "a");
	graph_use(unit, module);
	graph_commit();
	put("a", "two");
	run_unit("r/t", "a", "passed");
	assert_int_equal(results(), 0);
	put("a", "one");
	assert_int_equal(graph_recall(), 0);
}

/* The newest run of what is there now has the last word. */
TEST(a_newer_answer_of_the_same_state)
{
	uint32_t unit;

	put("a", "one");
	put("b", "b");
	run_unit("r/t", "a", "passed");
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/t");
	graph_at(unit)->outcome = "failed";
	graph_read(unit, "a");
	graph_read(unit, "b");
	graph_commit();
	assert_int_equal(results(), 0);
	put("b", "other");
	assert_int_equal(graph_recall(), 0);
}

/*
 * With other tests around it a unit is seen to depend on more: of the results
 * that fit what is there two are enough.
 */
TEST(several_answers_of_the_same_state)
{
	put("a", "one");
	put("b", "b");
	put("c", "c");
	for (int i = 0; i < 6; i++) {
		graph_begin();
		graph_read(graph_scope(SCOPE_UNIT, "r/t"), "a");
		if (i % 3)
			graph_read(0, i % 3 == 1 ? "b" : "c");
		graph_commit();
		assert_in_range(results(), 0, 1);
	}
	put("c", "other");
	assert_int_equal(graph_recall(), 1);
}

/* The same again: the scope is the one that is remembered. */
TEST(recorded_as_before)
{
	int64_t scope;

	put("a", "one");
	run_unit("r/t", "a", "passed");
	scope = graph_number("SELECT scope FROM unit");
	put("a", "two");
	run_unit("r/t", "a", "passed");
	put("a", "one");
	run_unit("r/t", "a", "failed");
	assert_int_equal(graph_number("SELECT scope FROM unit"), scope);
	assert_int_equal(results(), 1);
	put("a", "two");
	assert_int_equal(graph_recall(), 1);
	put("a", "one");
	assert_int_equal(graph_recall(), 1);
	assert_int_equal(
		graph_number("SELECT outcome = 'failed' FROM unit"), 1);
}

TEST(numbers_are_never_taken_twice)
{
	for (int i = 0; i < 4; i++) {
		char text[] = {(char)('0' + i), 0};

		put("a", text);
		run_unit("r/t", "a", "passed");
	}
	assert_int_equal(graph_number("SELECT count(*) FROM former_scope"
				      " WHERE id IN (SELECT id FROM scope)"),
		0);
	assert_int_equal(graph_number("SELECT count(*) FROM former_scope"), 3);
}

TEST(only_the_last_ones)
{
	graph_map.keep.results = 3;
	for (int i = 0; i < 6; i++) {
		char text[] = {(char)('0' + i), 0};

		put("a", text);
		run_unit("r/t", "a", "passed");
	}
	assert_int_equal(results(), 2);
	assert_int_equal(graph_number("SELECT count(*) FROM former_scope"), 2);
	assert_int_equal(graph_number("SELECT count(*) FROM former_set"), 2);
	assert_int_equal(graph_number("SELECT count(*) FROM state"), 3);
	assert_int_equal(graph_number("SELECT count FROM tally"), 3);
	put("a", "3");
	assert_int_equal(graph_recall(), 1);
	put("a", "2");
	assert_int_equal(graph_recall(), 0);
	graph_map.keep.results = 1;
	run_unit("r/t", "a", "passed");
	assert_int_equal(results(), 0);
	assert_int_equal(graph_number("SELECT count(*) FROM former_scope"), 0);
	assert_int_equal(graph_number("SELECT count(*) FROM state"), 1);
}

TEST(not_more_than_there_is_room_for)
{
	graph_map.keep.bytes = 500;
	for (int i = 0; i < 9; i++) {
		char text[] = {(char)('0' + i), 0};

		put("a", text);
		run_unit("r/t", "a", "passed");
	}
	assert_in_range(results(), 1, 4);
	graph_map.keep.bytes = 1;
	run_unit("r/t", "a", "passed");
	assert_int_equal(results(), 0);
}

TEST(not_for_ever)
{
	put("a", "one");
	run_unit("r/t", "a", "passed");
	put("a", "two");
	run_unit("r/t", "a", "passed");
	graph_number("UPDATE former SET ran = 5 RETURNING 1");
	graph_map.keep.days = 0;
	run_unit("r/u", "a", "passed");
	assert_int_equal(results(), 1);
	graph_map.keep.days = 1;
	run_unit("r/u", "a", "passed");
	assert_int_equal(results(), 0);
}

/* A build, whose product is a test's. */
static void build(const char *product)
{
	uint32_t make, test;

	graph_begin();
	make = graph_scope(SCOPE_UNIT, "command/make");
	graph_read(make, "source");
	if (product)
		graph_make(make, product, KIND_BIT(ACCESS_WRITE) | KIND_MAKER);
	test = graph_scope(SCOPE_UNIT, "command/test");
	graph_read(test, "product");
	graph_commit();
}

/* What is on disk was made of another source. */
TEST(what_others_use_is_made_anew)
{
	put("source", "one");
	put("product", "built of one");
	build("product");
	put("source", "two");
	put("product", "built of two");
	build("product");
	put("source", "one");
	assert_int_equal(graph_recall(), 0);
	/* Made anew, it is what the test has seen. */
	put("product", "built of one");
	graph_begin();
	graph_read(graph_scope(SCOPE_UNIT, "command/make"), "source");
	graph_make(0, "product", KIND_BIT(ACCESS_WRITE) | KIND_MAKER);
	graph_commit();
	assert_int_equal(graph_recall(), 1);
	assert_string_equal(graph_affected("source"), "make test");
}

/* The product is as it was, but that says nothing: its source is not. */
TEST(what_makers_would_make_now)
{
	put("source", "one");
	put("product", "x");
	build("product");
	put("source", "two");
	put("product", "y");
	build("product");
	put("source", "three");
	put("product", "x");
	assert_int_equal(graph_recall(), 0);
}

/* What nobody else uses may be what it likes. */
TEST(a_cache_of_its_own)
{
	put("source", "one");
	put("product", "x");
	build("cache");
	put("source", "two");
	build("cache");
	put("source", "one");
	assert_int_equal(graph_recall(), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM makes"
				      " JOIN unit ON unit.scope = makes.scope"
				      " WHERE unit.id = CAST('make' AS BLOB)"),
		1);
}

/* A file with tests: the ids behind a slash each, "" for none. */
static void collect(const char *tests, bool full)
{
	uint32_t file;

	graph_begin();
	file = graph_scope(SCOPE_COLLECT, "f");
	graph_at(file)->full = full;
	graph_read(file, "f");
	for (; *tests; tests++) {
		static const char *const ids[] = {"r/f::a", "r/f::b", "r/f::c"};
		uint32_t unit = graph_scope(SCOPE_UNIT, ids[*tests - 'a']);

		graph_read(unit, "f");
		graph_use(unit, file);
	}
}

static void collect_only(const char *tests, const char *gone, bool full)
{
	collect(tests, full);
	for (; *gone; gone++)
		graph_gone(*gone == 'a'   ? "r/f::a"
			   : *gone == 'b' ? "r/f::b"
					  : "r/f::c");
	graph_commit();
}

/* Which tests there are is a question about now. */
TEST(a_file_has_the_tests_that_it_had)
{
	put("f", "ab");
	collect_only("ab", "", true);
	put("f", "bc");
	collect_only("bc", "a", true);
	assert_string_equal(graph_units(), "f::b f::c");
	for (int i = 0; i < 2; i++) {
		put("f", "ab");
		assert_int_equal(graph_recall(), 2);
		assert_string_equal(graph_units(), "f::a f::b");
		assert_int_equal(stale(), 0);
		put("f", "bc");
		assert_int_equal(graph_recall(), 2);
		assert_string_equal(graph_units(), "f::b f::c");
		assert_int_equal(graph_number("SELECT count(*) FROM scope"
					      " WHERE latest = 1"),
			1);
	}
}

/* A file without tests, and a directory: no unit leads to them. */
TEST(places_without_units)
{
	static const enum scope_kind kinds[] = {SCOPE_COLLECT, SCOPE_DISCOVER};

	for (int i = 0; i < 2; i++) {
		put("conftest", i ? "two" : "one");
		graph_begin();
		for (uint32_t k = 0; k < 2; k++) {
			graph_scope(kinds[k], "f");
			graph_at(k)->full = kinds[k] == SCOPE_COLLECT;
			graph_read(k, "conftest");
		}
		graph_commit();
	}
	assert_int_equal(results(), 2);
	for (int i = 0; i < 3; i++) {
		put("conftest", i % 2 ? "two" : "one");
		assert_int_equal(graph_recall(), 2);
		assert_int_equal(results(), 2);
		assert_int_equal(stale(), 0);
		assert_int_equal(graph_number("SELECT count(*) FROM scope"
					      " WHERE latest = 1"),
			2);
	}
}

/* One of them is there, and nobody knows how it ends. */
TEST(a_test_comes_back_without_a_result)
{
	put("f", "ab");
	collect_only("ab", "", true);
	put("f", "bc");
	collect_only("bc", "a", true);
	graph_number("DELETE FROM former WHERE id = CAST('f::a' AS BLOB)"
		     " RETURNING 1");
	put("f", "ab");
	assert_int_equal(graph_recall(), 1);
	assert_string_equal(graph_units(), "f::a f::b");
	assert_int_equal(graph_number("SELECT outcome IS NULL FROM unit"
				      " WHERE id = CAST('f::a' AS BLOB)"),
		1);
}

TEST(a_file_that_was_not_all_told_of)
{
	put("f", "ab");
	collect_only("ab", "", false);
	put("f", "bc");
	collect_only("bc", "", true);
	put("f", "ab");
	assert_int_equal(graph_recall(), 0);
}

TEST(a_file_that_is_gone)
{
	put("f", "a");
	put("x", "one");
	collect_only("a", "", true);
	run_unit("r/t", "x", "passed");
	put("x", "two");
	run_unit("r/t", "x", "passed");
	remove_file("f");
	put("x", "one");
	assert_int_equal(graph_recall(), 1);
	assert_string_equal(graph_units(), "t");
	put("f", "a");
	put("x", "two");
	assert_int_equal(graph_recall(), 2);
	assert_string_equal(graph_units(), "f::a t");
}

TEST(labels_come_back)
{
	put("a", "one");
	graph_begin();
	graph_read(graph_scope(SCOPE_UNIT, "r/t"), "a");
	graph_label(0, "slow");
	graph_label(0, "new");
	graph_commit();
	put("a", "two");
	run_unit("r/t", "a", "passed");
	assert_int_equal(graph_number("SELECT count(*) FROM label"), 0);
	put("a", "one");
	assert_int_equal(graph_recall(), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM label"
				      " JOIN unit ON unit.scope = label.scope"),
		2);
}

/* Its older results know no more than the newest one did. */
TEST(what_an_audit_finds_older_results_lack)
{
	int64_t pair[2], scope;

	put("a", "one");
	run_unit("r/t", "a", "passed");
	put("a", "two");
	run_unit("r/t", "a", "passed");
	assert_int_equal(results(), 1);
	pair[0] = graph_number("SELECT id FROM state WHERE former = 0");
	pair[1] = KIND_BIT(ACCESS_READ) | KIND_AUDITED;
	scope = graph_number("SELECT scope FROM unit");
	assert_int_equal(
		scope_widen(&graph_map, scope, pair, 1, NULL, &err), 0);
	assert_int_equal(results(), 0);
}

#define HERE(name) \
	cmocka_unit_test_setup_teardown(name, graph_enter, graph_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(there_and_back),
		HERE(through_other_scopes),
		HERE(what_failed_comes_back_as_failed),
		HERE(what_did_not_run_is_not_remembered),
		HERE(a_failure_is_undone),
		HERE(what_was_not_all_seen_is_not_remembered),
		HERE(a_newer_answer_of_the_same_state),
		HERE(several_answers_of_the_same_state),
		HERE(recorded_as_before),
		HERE(numbers_are_never_taken_twice),
		HERE(only_the_last_ones),
		HERE(not_more_than_there_is_room_for),
		HERE(not_for_ever),
		HERE(what_others_use_is_made_anew),
		HERE(what_makers_would_make_now),
		HERE(a_cache_of_its_own),
		HERE(a_file_has_the_tests_that_it_had),
		HERE(places_without_units),
		HERE(a_test_comes_back_without_a_result),
		HERE(a_file_that_was_not_all_told_of),
		HERE(a_file_that_is_gone),
		HERE(labels_come_back),
		HERE(what_an_audit_finds_older_results_lack),
	};

	return RUN_TESTS(tests);
}
