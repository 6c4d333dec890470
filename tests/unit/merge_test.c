/* SPDX-License-Identifier: MIT */
/*
 * What a map has after another one is merged into it, and which maps are
 * refused.
 */
#include "tests/unit/scratch.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "map/former.h"
#include "map/merge.h"
#include "map/query.h"
#include "tests/unit/graph.h"
#include "wire/kind.h"

#define OTHER "other.db"

static struct err err;
static struct map_merged merged;

static void put(const char *path, const char *text)
{
	wait_for_clock();
	write_file(path, text);
	wait_for_clock();
}

static void collect(const char *file, const char *unit)
{
	uint32_t collected;

	graph_begin();
	collected = graph_scope(SCOPE_COLLECT, file);
	graph_at(collected)->full = true;
	graph_read(collected, file);
	graph_scope(SCOPE_UNIT, unit);
	graph_read(1, file);
	graph_use(1, collected);
	graph_commit();
}

/* The map becomes the other one, and is begun anew. */
static void set_aside(void)
{
	map_close(&graph_map);
	assert_int_equal(rename(MAP_PATH, OTHER), 0);
	assert_int_equal(
		map_open(&graph_map, scratch_root(), MAP_RECORD, &err), 0);
}

static int merge(void)
{
	struct map other;
	int code = map_open_foreign(&other, OTHER, &err);

	if (code < 0)
		return code;
	code = map_merge(&graph_map, &other, &merged, &err);
	map_close(&other);
	return code;
}

static void expect_merged(size_t units, size_t results, size_t known)
{
	if (merge() < 0)
		fail_msg("%s", err.text);
	assert_int_equal(merged.units, units);
	assert_int_equal(merged.results, results);
	assert_int_equal(merged.known, known);
}

static void change_other(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(OTHER, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void expect_refused(const char *message)
{
	int64_t before = graph_number("SELECT count(*) FROM file");

	assert_true(merge() < 0);
	assert_string_equal(err.text, message);
	assert_int_equal(graph_number("SELECT count(*) FROM file"), before);
}

TEST(shards)
{
	put("f", "f");
	put("g", "g");
	collect("f", "r/f::a");
	set_aside();
	collect("g", "r/g::b");
	expect_merged(1, 0, 0);
	assert_string_equal(graph_units(), "f::a g::b");
	assert_string_equal(graph_affected("f"), "f::a");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"
				      " WHERE latest = 1"),
		2);
	/* What was compared there is not compared here yet. */
	assert_int_equal(graph_recall(), 0);
	assert_int_equal(graph_number("SELECT count(*) FROM state"
				      " WHERE live = 0"),
		0);
	/* Merged again, nothing is new. */
	expect_merged(0, 0, 1);
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 4);
}

/* Recorded again as it is in the other map, it is the same. */
TEST(what_is_merged_is_as_if_recorded)
{
	put("f", "f");
	collect("f", "r/f::a");
	set_aside();
	put("x", "x");
	graph_unit("r/x", "x");
	expect_merged(1, 0, 0);
	collect("f", "r/f::a");
	assert_int_equal(graph_number("SELECT count(*) FROM scope"), 3);
	assert_int_equal(graph_number("SELECT count(*) FROM former"), 0);
}

TEST(another_commit)
{
	put("f", "one");
	collect("f", "r/f::a");
	set_aside();
	put("f", "two");
	collect("f", "r/f::a");
	expect_merged(0, 1, 0);
	assert_int_equal(graph_recall(), 0);
	put("f", "one");
	assert_int_equal(graph_recall(), 1);
	put("f", "two");
	assert_int_equal(graph_recall(), 1);
}

/* The map knows which tests the file has, and that is none of them. */
TEST(a_test_that_is_not_there)
{
	put("f", "one");
	collect("f", "r/f::a");
	set_aside();
	put("f", "two");
	collect("f", "r/f::b");
	expect_merged(0, 1, 0);
	assert_string_equal(graph_units(), "f::b");
	put("f", "one");
	assert_int_equal(graph_recall(), 1);
	assert_string_equal(graph_units(), "f::a");
}

TEST(former_results_of_the_other)
{
	put("a", "one");
	graph_unit("r/t", "a");
	put("a", "two");
	graph_unit("r/t", "a");
	set_aside();
	put("a", "three");
	graph_unit("r/t", "a");
	expect_merged(0, 2, 0);
	expect_merged(0, 0, 2);
	put("a", "one");
	assert_int_equal(graph_recall(), 1);
	put("a", "two");
	assert_int_equal(graph_recall(), 1);
	put("a", "three");
	assert_int_equal(graph_recall(), 1);
}

TEST(what_failed_there)
{
	put("a", "one");
	graph_begin();
	graph_at(graph_scope(SCOPE_UNIT, "r/t"))->outcome = "failed";
	graph_read(0, "a");
	graph_at(graph_scope(SCOPE_UNIT, "r/u"))->outcome = "failed";
	graph_read(1, "a");
	graph_commit();
	set_aside();
	put("a", "two");
	graph_unit("r/t", "a");
	expect_merged(1, 1, 0);
	assert_int_equal(graph_number("SELECT outcome = 'failed' FROM unit"
				      " WHERE id = CAST('u' AS BLOB)"),
		1);
	put("a", "one");
	assert_int_equal(graph_recall(), 1);
	assert_int_equal(graph_number("SELECT count(*) FROM unit"
				      " WHERE outcome = 'failed'"),
		2);
}

/* What was not there then is not there now, though nobody has looked. */
TEST(what_was_absent)
{
	graph_unit("r/t", "absent");
	set_aside();
	put("x", "x");
	graph_unit("r/x", "x");
	graph_unit("r/t", "x");
	expect_merged(0, 1, 0);
	put("x", "y");
	assert_int_equal(graph_recall(), 1);
	put("absent", "here");
	assert_int_equal(graph_recall(), 0);
}

/* Its words are run by who types none. */
TEST(no_command_comes_along)
{
	put("a", "a");
	graph_unit("r/t", "a");
	graph_number("INSERT INTO command (line, directory, given, ran)"
		     " VALUES (x'61', x'2e', x'62', 5) RETURNING 1");
	set_aside();
	expect_merged(1, 0, 0);
	assert_int_equal(graph_number("SELECT count(*) FROM command"
				      " WHERE given IS NULL AND ran IS NULL"),
		1);
}

/* A part of its tests is not as it is there. */
TEST(no_command_is_vouched_for)
{
	put("f", "one");
	collect("f", "r/f::a");
	graph_number("INSERT INTO command (line, directory) VALUES (x'61',"
		     " x'2e') RETURNING 1");
	set_aside();
	put("f", "two");
	collect("f", "r/f::b");
	expect_merged(0, 1, 0);
	assert_int_equal(graph_number("SELECT count(*) FROM command"), 0);
}

TEST(no_map)
{
	expect_refused("map 'other.db': No such file or directory");
	write_file(OTHER, "");
	expect_refused("'other.db' is not an ftrace map; name the map.db of a "
		       "project's .ftrace");
	write_file(OTHER, "no database, and longer than its first hundred "
			  "bytes would be if it were one, so that they are "
			  "all there");
	assert_true(merge() < 0);
	remove_file(OTHER);
	make_directory(OTHER);
	expect_refused("'other.db' is no file; name the map.db of a project's "
		       ".ftrace");
}

static void make_other(void)
{
	put("a", "a");
	graph_unit("r/t", "a");
	set_aside();
}

TEST(another_version)
{
	make_other();
	change_other("PRAGMA user_version = 7");
	assert_true(merge() < 0);
	assert_non_null(strstr(err.text, "is of version 7"));
}

TEST(other_tables)
{
	make_other();
	change_other("CREATE TRIGGER t AFTER INSERT ON unit"
		     " BEGIN DELETE FROM scope; END");
	expect_refused("'other.db' does not have the tables of a map; it is "
		       "not merged");
}

TEST(other_rows)
{
	static const struct {
		const char *sql, *message;
	} rows[] = {
		{"UPDATE unit SET id = CAST('-p evil' AS BLOB)",
			"a unit in it has no proper name"},
		{"UPDATE unit SET runner = 'a/b'",
			"a unit in it has no proper name"},
		{"UPDATE unit SET scope = 99",
			"a unit in it has no proper name"},
		{"UPDATE file SET path = x''",
			"a file in it has no proper path"},
		{"UPDATE file SET path = x'6100'",
			"a file in it has no proper path"},
		{"UPDATE state SET aspect = 77", "a state in it is of no file"},
		{"UPDATE state SET print = x'00'",
			"a state in it is of no file"},
		{"DELETE FROM state", "somebody in it has read no state"},
		{"UPDATE scope SET kind = 99", "a scope in it is of no kind"},
		{"UPDATE scope SET kind = -1", "a scope in it is of no kind"},
		{"INSERT INTO uses VALUES (1, 99)",
			"somebody in it uses no scope"},
		{"INSERT INTO makes VALUES (1, 99, 32768, 1)",
			"somebody in it made no file"},
	};

	make_other();
	assert_int_equal(rename(OTHER, "good.db"), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[128];

		assert_int_equal(system("cp good.db " OTHER), 0);
		change_other(rows[i].sql);
		snprintf(text, sizeof(text), "map 'other.db' is not merged: %s",
			rows[i].message);
		expect_refused(text);
	}
}

/* A chain that no recursion could follow. */
TEST(a_long_chain)
{
	make_other();
	change_other(
		"INSERT INTO scope (id, kind, name, session, readset, latest,"
		" digest) WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL"
		"  SELECT i + 1 FROM n WHERE i < 200000)"
		" SELECT i, 3, x'6d', 1, 1, 0, randomblob(16) FROM n;"
		"INSERT INTO uses SELECT id, id + 1 FROM scope"
		" WHERE id < 200000");
	expect_merged(1, 0, 0);
}

#define HERE(name) \
	cmocka_unit_test_setup_teardown(name, graph_enter, graph_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(shards),
		HERE(what_is_merged_is_as_if_recorded),
		HERE(another_commit),
		HERE(a_test_that_is_not_there),
		HERE(former_results_of_the_other),
		HERE(what_failed_there),
		HERE(what_was_absent),
		HERE(no_command_comes_along),
		HERE(no_command_is_vouched_for),
		HERE(no_map),
		HERE(another_version),
		HERE(other_tables),
		HERE(other_rows),
		HERE(a_long_chain),
	};

	return RUN_TESTS(tests);
}
