/* SPDX-License-Identifier: MIT */
/*
 * What a session replaces, what it leaves alone, and what goes with it.
 */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "map/query.h"
#include "tests/unit/graph.h"
#include "wire/kind.h"

static struct err err;

TEST(replaces_only_what_ran)
{
	graph_begin();
	graph_read(graph_scope(SCOPE_UNIT, "r/one"), "a");
	graph_read(graph_scope(SCOPE_UNIT, "r/two"), "a");
	graph_commit();
	assert_string_equal(graph_affected("a"), "one two");
	graph_unit("r/one", "b");
	assert_string_equal(graph_affected("a"), "two");
	assert_string_equal(graph_affected("b"), "one");
	assert_string_equal(graph_units(), "one two");
}

/* A module that was loaded in the middle of a test uses that test. */
TEST(what_others_use_of_a_test_stays)
{
	uint32_t one, module, two;

	graph_begin();
	one = graph_scope(SCOPE_UNIT, "r/one");
	module = graph_scope(SCOPE_MODULE, "m");
	two = graph_scope(SCOPE_UNIT, "r/two");
	graph_read(one, "a");
	graph_use(module, one);
	graph_use(two, module);
	graph_commit();
	assert_string_equal(graph_affected("a"), "one two");
	graph_unit("r/one", "b");
	assert_string_equal(graph_affected("a"), "two");
	assert_string_equal(graph_affected("b"), "one");
	assert_int_equal(graph_number("SELECT count(*) FROM uses WHERE used"
				      " NOT IN (SELECT id FROM scope)"),
		0);
	graph_unit("r/two", "b");
	assert_string_equal(graph_affected("a"), "");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 2);
}

TEST(runners_are_apart)
{
	graph_unit("r/one", "a");
	graph_unit("s/one", "b");
	assert_string_equal(graph_units(), "one one");
	graph_unit("r/one", "c");
	assert_string_equal(graph_affected("b"), "one");
	assert_int_equal(graph_number("SELECT count(*) FROM unit"), 2);
}

TEST(known_and_did_not_run)
{
	uint32_t unit;

	graph_unit("r/one", "a");
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_at(unit)->known_only = true;
	graph_at(unit)->outcome = NULL;
	graph_read(unit, "b");
	unit = graph_scope(SCOPE_UNIT, "r/new");
	graph_at(unit)->known_only = true;
	graph_at(unit)->outcome = NULL;
	graph_commit();
	assert_string_equal(graph_affected("a"), "one");
	assert_string_equal(graph_affected("b"), "");
	assert_string_equal(graph_units(), "new one");
	assert_int_equal(graph_number("SELECT count(*) FROM unit"
				      " WHERE outcome IS NULL"),
		1);
}

TEST(unwanted)
{
	uint32_t unit, kept;

	graph_begin();
	kept = graph_scope(SCOPE_UNIT, "r/kept");
	unit = graph_scope(SCOPE_UNIT, "r/not");
	graph_at(unit)->unwanted = true;
	graph_use(kept, unit);
	graph_commit();
	assert_string_equal(graph_units(), "kept");
	assert_int_equal(graph_number("SELECT count(*) FROM uses"), 0);
}

TEST(needed_and_did_not_run)
{
	uint32_t unit, needed;

	graph_unit("r/base", "a");
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/user");
	needed = graph_scope(SCOPE_UNIT, "r/base");
	graph_at(needed)->known_only = true;
	graph_use(unit, needed);
	graph_commit();
	assert_string_equal(graph_affected("a"), "base user");
	graph_unit("r/base", "b");
	assert_string_equal(graph_affected("b"), "base user");
}

TEST(gone)
{
	graph_unit("r/one", "a");
	graph_unit("r/two", "a");
	graph_begin();
	graph_gone("r/one");
	graph_gone("r/never");
	graph_commit();
	assert_string_equal(graph_units(), "two");
	assert_string_equal(graph_affected("a"), "two");
}

TEST(outcome_and_duration)
{
	struct query_units units = {0};
	uint32_t unit;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/a/b::c[x/y]");
	graph_at(unit)->outcome = "failed";
	graph_at(unit)->duration = 1234;
	graph_scope(SCOPE_UNIT, "r/unknown");
	graph_commit();
	assert_int_equal(query_units(&units, &graph_map, &err), 0);
	assert_int_equal(units.count, 2);
	assert_string_equal(units.units[0].id, "a/b::c[x/y]");
	assert_string_equal(units.units[0].runner, "r");
	assert_string_equal(units.units[0].outcome, "failed");
	assert_int_equal(units.units[0].duration, 1234);
	assert_int_equal(units.units[1].duration, -1);
	query_units_release(&units);
}

TEST(kinds_of_one_state_are_joined)
{
	struct query_access *accesses;
	uint32_t unit;
	size_t count;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "a");
	graph_read(unit, "b");
	graph_read(unit, "a");
	graph_at(unit)->reads[2].kinds = KIND_BIT(ACCESS_STAT);
	graph_commit();
	assert_int_equal(query_accesses(&accesses, &count, &graph_map,
				 graph_number("SELECT scope FROM unit"), &err),
		0);
	assert_int_equal(count, 2);
	assert_string_equal(accesses[0].path, "a");
	assert_int_equal(accesses[0].kinds,
		KIND_BIT(ACCESS_STAT) | KIND_BIT(ACCESS_READ));
	query_accesses_release(accesses, count);
}

TEST(equal_reads_share_a_set)
{
	graph_begin();
	graph_read(graph_scope(SCOPE_UNIT, "r/one"), "a");
	graph_read(graph_scope(SCOPE_UNIT, "r/two"), "a");
	graph_read(graph_scope(SCOPE_UNIT, "r/three"), "b");
	graph_commit();
	assert_int_equal(graph_number("SELECT count(*) FROM readset"), 2);
	assert_int_equal(graph_number("SELECT count(*) FROM reads"), 2);
	graph_unit("r/four", "a");
	assert_int_equal(graph_number("SELECT count(*) FROM readset"), 2);
}

/* What nobody reaches any more goes, down to the files. */
TEST(sweep)
{
	uint32_t unit, fixture, module;

	graph_map.keep.results = 1;
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	fixture = graph_scope(SCOPE_FIXTURE, "f");
	module = graph_scope(SCOPE_MODULE, "m");
	graph_use(unit, fixture);
	graph_use(fixture, module);
	graph_read(module, "a");
	graph_read(unit, "b");
	graph_commit();
	assert_string_equal(graph_affected("a"), "one");
	graph_unit("r/one", "b");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM uses"), 0);
	assert_int_equal(graph_number("SELECT count(*) FROM file"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM state"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM session"), 1);
	assert_string_equal(graph_affected("b"), "one");
}

TEST(sweep_keeps_what_others_reach)
{
	uint32_t one, two, fixture;

	graph_begin();
	one = graph_scope(SCOPE_UNIT, "r/one");
	two = graph_scope(SCOPE_UNIT, "r/two");
	fixture = graph_scope(SCOPE_FIXTURE, "f");
	graph_use(one, fixture);
	graph_use(two, fixture);
	graph_read(fixture, "a");
	graph_commit();
	graph_unit("r/one", "b");
	assert_string_equal(graph_affected("a"), "two");
	graph_unit("r/two", "b");
	assert_string_equal(graph_affected("a"), "");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 2);
}

/* A build is kept as long as somebody reads what it made. */
TEST(sweep_keeps_makers)
{
	uint32_t build, link, unit;

	graph_begin();
	build = graph_scope(SCOPE_FIXTURE, "compile");
	graph_read(build, "a.c");
	graph_make(build, "a.o", KIND_MAKER);
	link = graph_scope(SCOPE_FIXTURE, "link");
	graph_read(link, "a.o");
	graph_make(link, "prog", KIND_MAKER);
	graph_read(graph_scope(SCOPE_UNIT, "r/one"), "prog");
	graph_commit();
	assert_string_equal(graph_affected("a.c"), "one");
	/* It reads one path more: what is the same is not stored again. */
	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_read(unit, "prog");
	graph_read(unit, "more");
	graph_commit();
	assert_string_equal(graph_affected("a.c"), "one");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 3);
	graph_unit("r/one", "other");
	assert_string_equal(graph_affected("a.c"), "");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM makes"), 0);
}

/* Collecting a file again replaces what was collected from it. */
TEST(newest_collection)
{
	struct query_name *names;
	size_t count;

	for (int i = 0; i < 2; i++) {
		graph_begin();
		graph_read(
			graph_scope(SCOPE_COLLECT, "a.py"), i ? "new" : "old");
		graph_scope(SCOPE_UNIT, "r/one");
		graph_commit();
	}
	assert_int_equal(
		query_names(&names, &count, &graph_map, SCOPE_COLLECT, &err),
		0);
	assert_int_equal(count, 1);
	assert_string_equal(names[0].name, "a.py");
	query_names_release(names, count);
	assert_int_equal(
		graph_number("SELECT count(*) FROM scope WHERE kind = 4"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM file"
				      " WHERE path = CAST('new' AS BLOB)"),
		1);
}

/* A directory that is listed again has the newest listing alone. */
TEST(newest_listing)
{
	static const char *const passed[] = {"old", "new", "new"};
	struct query_name *names;
	size_t count;

	for (int i = 0; i < 3; i++) {
		graph_begin();
		graph_listing("tests", passed[i]);
		graph_scope(SCOPE_UNIT, "r/one");
		graph_commit();
	}
	assert_int_equal(query_passed(&names, &count, &graph_map, &err), 0);
	assert_int_equal(count, 1);
	assert_string_equal(names[0].name, "new");
	query_names_release(names, count);
	assert_int_equal(graph_number("SELECT count(*) FROM listing"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM file"
				      " WHERE path = CAST('old' AS BLOB)"),
		0);
}

/* Nobody reads what a unit does not, and an edit of it affects none. */
TEST(listing_is_of_no_unit)
{
	graph_begin();
	graph_listing("tests", "a.c");
	graph_read(graph_scope(SCOPE_UNIT, "r/one"), "b.c");
	graph_commit();
	assert_string_equal(graph_affected("a.c"), "");
	graph_unit("r/one", "c.c");
	assert_int_equal(graph_number("SELECT count(*) FROM file"
				      " WHERE path = CAST('a.c' AS BLOB)"),
		1);
}

/* A unit that is as it was has the labels of its newest run. */
TEST(newest_labels)
{
	for (int i = 0; i < 2; i++) {
		uint32_t unit;

		graph_begin();
		unit = graph_scope(SCOPE_UNIT, "r/one");
		graph_read(unit, "a.c");
		graph_label(unit, i ? "new" : "old");
		graph_commit();
	}
	assert_int_equal(graph_number("SELECT count(*) FROM label"), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM label JOIN unit"
				      " USING (scope)"
				      " WHERE name = CAST('new' AS BLOB)"),
		1);
	graph_unit("r/one", "a.c");
	assert_int_equal(graph_number("SELECT count(*) FROM label"), 0);
}

/* Labels go with the unit that has them. */
TEST(labels_of_gone)
{
	uint32_t unit;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_label(unit, "slow");
	graph_commit();
	graph_begin();
	graph_gone("r/one");
	graph_commit();
	assert_int_equal(graph_number("SELECT count(*) FROM label"), 0);
}

TEST(newest_maker_counts)
{
	for (int i = 0; i < 2; i++) {
		uint32_t build;

		graph_begin();
		build = graph_scope(SCOPE_UNIT, i ? "r/second" : "r/first");
		graph_read(build, i ? "new.c" : "old.c");
		graph_make(build, "prog", KIND_MAKER);
		graph_commit();
	}
	graph_unit("r/user", "prog");
	assert_string_equal(graph_affected("new.c"), "second user");
	assert_string_equal(graph_affected("old.c"), "first");
}

/* Two in one session made a file together, say by appending to it. */
TEST(makers_of_one_session)
{
	graph_begin();
	for (int i = 0; i < 2; i++) {
		uint32_t build =
			graph_scope(SCOPE_UNIT, i ? "r/second" : "r/first");

		graph_read(build, i ? "new.c" : "old.c");
		graph_make(build, "prog", KIND_MAKER);
	}
	graph_read(graph_scope(SCOPE_UNIT, "r/user"), "prog");
	graph_commit();
	assert_string_equal(graph_affected("new.c"), "second user");
	assert_string_equal(graph_affected("old.c"), "first user");
}

TEST(incomplete)
{
	struct query_scope scope;
	int64_t *scopes;
	uint32_t unit;
	size_t count;

	graph_begin();
	unit = graph_scope(SCOPE_UNIT, "r/one");
	graph_at(unit)->incomplete = "it ran away";
	graph_scope(SCOPE_UNIT, "r/two");
	graph_commit();
	assert_int_equal(
		query_incomplete(&scopes, &count, &graph_map, &err), 0);
	assert_int_equal(count, 1);
	assert_int_equal(query_scope(&scope, &graph_map, scopes[0], &err), 0);
	assert_string_equal(scope.incomplete, "it ran away");
	assert_string_equal(scope.name, "r/one");
	assert_int_equal(scope.kind, SCOPE_UNIT);
	query_scope_release(&scope);
	free(scopes);
	graph_unit("r/one", "a");
	assert_int_equal(
		query_incomplete(&scopes, &count, &graph_map, &err), 0);
	assert_int_equal(count, 0);
	free(scopes);
}

TEST(totals)
{
	struct query_totals totals;

	graph_unit("r/one", "a");
	graph_unit("r/two", "b");
	assert_int_equal(query_totals(&totals, &graph_map, &err), 0);
	assert_int_equal(totals.units, 2);
	assert_int_equal(totals.files, 2);
	assert_int_equal(totals.reads, 2);
	assert_int_equal(totals.sessions, 2);
	assert_string_equal(totals.last_command, "graph");
	query_totals_release(&totals);
}

#define HERE(name) \
	cmocka_unit_test_setup_teardown(name, graph_enter, graph_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(replaces_only_what_ran),
		HERE(what_others_use_of_a_test_stays),
		HERE(runners_are_apart),
		HERE(known_and_did_not_run),
		HERE(unwanted),
		HERE(needed_and_did_not_run),
		HERE(gone),
		HERE(outcome_and_duration),
		HERE(kinds_of_one_state_are_joined),
		HERE(equal_reads_share_a_set),
		HERE(sweep),
		HERE(sweep_keeps_what_others_reach),
		HERE(sweep_keeps_makers),
		HERE(newest_collection),
		HERE(newest_listing),
		HERE(listing_is_of_no_unit),
		HERE(newest_labels),
		HERE(labels_of_gone),
		HERE(newest_maker_counts),
		HERE(makers_of_one_session),
		HERE(incomplete),
		HERE(totals),
	};

	return RUN_TESTS(tests);
}
