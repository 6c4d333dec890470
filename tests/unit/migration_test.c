/* SPDX-License-Identifier: MIT */
/*
 * A map of an older version, made from the text of its tables as that version
 * had them, answers as it did.
 */
#include "tests/unit/scratch.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "map/map.h"
#include "map/query.h"
#include "map/sweep.h"

/* The tables of version 6 that a migration or a query looks at. */
static const char version_6[] =
	"CREATE TABLE file ( id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE,"
	" inode INTEGER, size INTEGER, mtime INTEGER, ctime INTEGER,"
	" mode INTEGER, seen INTEGER, dir INTEGER, source INTEGER,"
	" loaded INTEGER);"
	"CREATE TABLE state ( id INTEGER PRIMARY KEY, file INTEGER NOT NULL,"
	" aspect INTEGER NOT NULL, block BLOB NOT NULL, print BLOB NOT NULL,"
	" live INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX state_of_file"
	" ON state (file, aspect, block, print);"
	"CREATE TABLE readset ( id INTEGER PRIMARY KEY,"
	" digest BLOB NOT NULL UNIQUE);"
	"CREATE TABLE reads ( readset INTEGER NOT NULL,"
	" state INTEGER NOT NULL, kinds INTEGER NOT NULL,"
	" PRIMARY KEY (readset, state)) WITHOUT ROWID;"
	"CREATE INDEX reads_of_state ON reads (state, readset);"
	"CREATE INDEX reads_audited ON reads (readset, state)"
	" WHERE kinds & 16384;"
	"CREATE TABLE scope ( id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
	" name BLOB NOT NULL, session INTEGER NOT NULL,"
	" readset INTEGER NOT NULL, latest INTEGER NOT NULL, incomplete TEXT,"
	" digest BLOB NOT NULL);"
	"CREATE INDEX scope_of_digest ON scope (digest);"
	"CREATE INDEX scope_of_readset ON scope (readset);"
	"CREATE INDEX scope_of_name ON scope (kind, name);"
	"CREATE TABLE unit ( scope INTEGER PRIMARY KEY, runner TEXT NOT NULL,"
	" id BLOB NOT NULL, outcome TEXT, duration INTEGER, place BLOB,"
	" UNIQUE (runner, id));"
	"CREATE TABLE uses ( scope INTEGER NOT NULL, used INTEGER NOT NULL,"
	" PRIMARY KEY (scope, used)) WITHOUT ROWID;"
	"CREATE INDEX uses_of_used ON uses (used, scope);"
	"CREATE TABLE makes ( scope INTEGER NOT NULL, file INTEGER NOT NULL,"
	" kinds INTEGER NOT NULL, session INTEGER NOT NULL,"
	" PRIMARY KEY (scope, file)) WITHOUT ROWID;"
	"CREATE INDEX makes_of_file ON makes (file, scope);"
	"CREATE TABLE session ( id INTEGER PRIMARY KEY,"
	" started INTEGER NOT NULL, duration INTEGER NOT NULL,"
	" command BLOB NOT NULL, status INTEGER NOT NULL);"
	"CREATE TABLE source ( id INTEGER PRIMARY KEY, content BLOB NOT NULL,"
	" tag TEXT NOT NULL, problem TEXT, skeleton BLOB NOT NULL,"
	" outline BLOB NOT NULL, blocks BLOB NOT NULL, bodies BLOB,"
	" UNIQUE (content, tag));"
	"PRAGMA application_id = 1718776941; PRAGMA user_version = 6;";

/*
 * Two tests of one file, one of them labelled. The directory was listed twice,
 * and the newest listing has passed a file by; an old listing is still used,
 * which the newest run did not have.
 */
static const char rows[] =
	"INSERT INTO session VALUES (1, 5, 5, x'61', 0);"
	"INSERT INTO file (id, path, mode) VALUES (1, 'tests', 16877),"
	" (2, 'tests/test_a.py', 33188), (3, 'tests/test_b.py', 33188);"
	"INSERT INTO state VALUES (1, 1, 1, x'', x'01', 0),"
	" (2, 1, 1, x'', x'02', 1), (3, 3, 4, x'', x'03', 1),"
	" (4, 2, 0, x'', x'04', 1);"
	"INSERT INTO readset VALUES (1, x'00'), (2, x'01'), (3, x'02'),"
	" (4, x'03');"
	"INSERT INTO reads VALUES (1, 4, 1), (2, 1, 4), (3, 2, 4), (3, 3, 16);"
	"INSERT INTO scope VALUES"
	" (1, 1, 'pytest/tests/test_a.py::test_a', 1, 1, 0, NULL, x'01'),"
	" (2, 1, 'pytest/tests/test_a.py::test_b', 1, 1, 0, NULL, x'02'),"
	" (3, 5, '.', 1, 4, 1, NULL, x'03'),"
	" (4, 6, 'tests', 1, 2, 0, NULL, x'04'),"
	" (5, 6, 'tests', 1, 3, 1, NULL, x'05'),"
	" (6, 7, 'test_*.py', 1, 4, 1, NULL, x'06'),"
	" (7, 12, CAST('slow' AS BLOB), 1, 4, 0, NULL, x'07');"
	"INSERT INTO unit (scope, runner, id, outcome) VALUES"
	" (1, 'pytest', 'tests/test_a.py::test_a', 'passed'),"
	" (2, 'pytest', 'tests/test_a.py::test_b', 'passed');"
	"INSERT INTO uses VALUES (1, 3), (2, 3), (3, 6), (1, 7), (3, 4);"
	"INSERT INTO makes VALUES (5, 1, 4, 1);";

static struct map map;
static struct err err;

static int enter(void **state)
{
	sqlite3 *db;

	if (scratch_enter(state) || mkdir(MAP_DIRECTORY, 0777))
		return -1;
	assert_int_equal(sqlite3_open(MAP_PATH, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, version_6, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	return map_open(&map, scratch_root(), MAP_RECORD, &err);
}

static int leave(void **state)
{
	map_close(&map);
	return scratch_leave(state);
}

static int64_t number(const char *text)
{
	sqlite3_stmt *stmt;
	int64_t value;

	assert_int_equal(
		sqlite3_prepare_v2(map.db, text, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* The single name that a query gives. */
static void expect_name(
	int code, struct query_name *names, size_t count, const char *name)
{
	assert_int_equal(code, 0);
	assert_int_equal(count, 1);
	assert_string_equal(names[0].name, name);
	query_names_release(names, count);
}

TEST(scopes_are_gone)
{
	assert_int_equal(number("PRAGMA user_version"), MAP_VERSION);
	assert_int_equal(number("SELECT count(*) FROM scope"), 3);
	assert_int_equal(number("SELECT count(*) FROM uses"), 2);
	assert_int_equal(number("SELECT count(*) FROM makes"), 0);
	assert_int_equal(number("SELECT count(*) FROM unit"), 2);
}

TEST(newest_listing_is_there)
{
	struct query_name *names;
	size_t count;
	int code = query_listings(&names, &count, &map, &err);

	expect_name(code, names, count, "tests");
	code = query_listed(&names, &count, &map, 2, &err);
	expect_name(code, names, count, "tests");
	code = query_passed(&names, &count, &map, &err);
	expect_name(code, names, count, "tests/test_b.py");
	assert_int_equal(query_listed(&names, &count, &map, 1, &err), 0);
	assert_int_equal(count, 0);
	query_names_release(names, count);
}

TEST(patterns_and_labels_are_there)
{
	struct query_name *names;
	int64_t *scopes;
	size_t count;
	int code = query_patterns(&names, &count, &map, &err);

	expect_name(code, names, count, "test_*.py");
	assert_int_equal(
		query_labelled(&scopes, &count, &map, "slow", &err), 0);
	assert_int_equal(count, 1);
	assert_int_equal(scopes[0], 1);
	free(scopes);
}

/* What a listing has seen stays with it; the old one's goes. */
TEST(sweep_leaves_listings)
{
	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(map_sweep(&map, &err), 0);
	assert_int_equal(map_commit(&map, &err), 0);
	assert_int_equal(number("SELECT count(*) FROM reads"), 3);
	assert_int_equal(number("SELECT count(*) FROM state WHERE id = 1"), 0);
	assert_int_equal(
		number("SELECT count(*) FROM state WHERE id IN (2, 3)"), 2);
	assert_int_equal(number("SELECT count(*) FROM label"), 1);
}

#define OF_6(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OF_6(scopes_are_gone),
		OF_6(newest_listing_is_there),
		OF_6(patterns_and_labels_are_there),
		OF_6(sweep_leaves_listings),
	};

	return RUN_TESTS(tests);
}
