/* SPDX-License-Identifier: MIT */
/*
 * Opening what is, or is not, a map. Whatever is refused stays as it is.
 */
#include "tests/unit/scratch.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "map/aside.h"
#include "map/map.h"

static struct map map;
static struct err err;

static int enter(void **state)
{
	memset(&err, 0, sizeof(err));
	return scratch_enter(state) ? -1 : mkdir(MAP_DIRECTORY, 0777);
}

static int open_as(enum map_mode mode)
{
	return map_open(&map, scratch_root(), mode, &err);
}

static void sql(const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(MAP_PATH, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int64_t number(const char *text)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t value;

	assert_int_equal(sqlite3_open(MAP_PATH, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

static void make_map(void)
{
	assert_int_equal(open_as(MAP_RECORD), 0);
	map_close(&map);
}

/* Refused either way, with a message that has the word, and closed. */
static void expect_broken(const char *word)
{
	for (int mode = MAP_QUERY; mode <= MAP_RECORD; mode++) {
		assert_int_equal(open_as((enum map_mode)mode), MAP_BROKEN);
		assert_non_null(strstr(err.text, word));
		assert_null(map.db);
		assert_null(map.root);
	}
}

/*
 * No answer, and it is left for whoever records; who puts it aside and has a
 * new one.
 */
static void expect_aside(const char *word)
{
	struct stat before, after;

	assert_int_equal(stat(MAP_PATH, &before), 0);
	assert_int_equal(open_as(MAP_QUERY), MAP_DAMAGED);
	assert_non_null(strstr(err.text, word));
	assert_null(map.db);
	assert_int_equal(access(MAP_ASIDE, F_OK), -1);
	assert_int_equal(open_as(MAP_RECORD), 0);
	assert_true(map.put_aside);
	map_close(&map);
	assert_int_equal(stat(MAP_ASIDE, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(number("PRAGMA user_version"), MAP_VERSION);
	assert_int_equal(number("SELECT count(*) FROM unit"), 0);
	assert_int_equal(open_as(MAP_RECORD), 0);
	assert_false(map.put_aside);
	map_close(&map);
}

TEST(missing)
{
	assert_int_equal(open_as(MAP_QUERY), MAP_MISSING);
	assert_non_null(strstr(err.text, "ftrace run"));
	assert_int_equal(access(MAP_PATH, F_OK), -1);
}

TEST(nowhere_to_make_it)
{
	assert_int_equal(
		map_open(&map, scratch_path("no/such/root"), MAP_RECORD, &err),
		MAP_IO);
	assert_true(*err.text != '\0');
}

TEST(made)
{
	make_map();
	assert_int_equal(number("PRAGMA user_version"), MAP_VERSION);
	assert_int_equal(number("PRAGMA application_id"), 0x6672746d);
	assert_int_equal(open_as(MAP_QUERY), 0);
	assert_false(map.read_only);
	assert_string_equal(map.root, scratch_root());
	map_close(&map);
}

TEST(no_database)
{
	static const char text[] = "this is no database, however long it is";

	write_file(MAP_PATH, text);
	expect_aside("not a database");
}

TEST(truncated)
{
	make_map();
	assert_int_equal(truncate(MAP_PATH, 5000), 0);
	expect_aside("malformed");
}

TEST(truncated_at_a_page)
{
	make_map();
	assert_int_equal(truncate(MAP_PATH, 8192), 0);
	expect_aside("malformed");
}

/* Somebody else has put it aside already: that is no new damage. */
TEST(sound_is_not_put_aside)
{
	make_map();
	assert_int_equal(map_put_aside(scratch_root(), &err), 0);
	assert_int_equal(access(MAP_ASIDE, F_OK), -1);
	assert_int_equal(number("PRAGMA user_version"), MAP_VERSION);
	write_file(MAP_PATH, "");
	assert_int_equal(map_put_aside(scratch_root(), &err), 0);
	assert_int_equal(access(MAP_ASIDE, F_OK), -1);
}

TEST(newer)
{
	make_map();
	sql("PRAGMA user_version = 999");
	expect_broken("999");
	assert_int_equal(number("PRAGMA user_version"), 999);
}

TEST(negative_version)
{
	make_map();
	sql("PRAGMA user_version = -5");
	expect_aside("negative");
}

TEST(another_program)
{
	sql("CREATE TABLE theirs (x); PRAGMA application_id = 77");
	expect_broken("not an ftrace map");
	assert_int_equal(number("SELECT count(*) FROM theirs"), 0);
	assert_int_equal(number("PRAGMA application_id"), 77);
}

/* Somebody's tables without an application id are not ours either. */
TEST(no_application)
{
	sql("CREATE TABLE theirs (x)");
	expect_broken("not an ftrace map");
	assert_int_equal(number("SELECT count(*) FROM sqlite_schema"), 1);
}

/* A run that was killed just after the file was made. */
TEST(empty_file)
{
	write_file(MAP_PATH, "");
	assert_int_equal(open_as(MAP_QUERY), 0);
	map_close(&map);
	assert_int_equal(number("PRAGMA user_version"), MAP_VERSION);
	assert_int_equal(number("SELECT count(*) FROM unit"), 0);
}

TEST(empty_and_read_only)
{
	if (geteuid() == 0)
		skip();
	write_file(MAP_PATH, "");
	assert_int_equal(chmod(MAP_PATH, 0444), 0);
	assert_int_equal(open_as(MAP_QUERY), MAP_BROKEN);
	assert_non_null(strstr(err.text, "empty"));
}

TEST(read_only)
{
	if (geteuid() == 0)
		skip();
	make_map();
	assert_int_equal(chmod(MAP_PATH, 0444), 0);
	assert_int_equal(open_as(MAP_QUERY), 0);
	assert_true(map.read_only);
	map_close(&map);
}

TEST(rollback)
{
	make_map();
	assert_int_equal(open_as(MAP_RECORD), 0);
	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(
		sqlite3_exec(map.db, "INSERT INTO readset VALUES (1, 'x')",
			NULL, NULL, NULL),
		SQLITE_OK);
	map_rollback(&map);
	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(map_commit(&map, &err), 0);
	map_close(&map);
	assert_int_equal(number("SELECT count(*) FROM readset"), 0);
}

/* Adds one to a number in the map, many times, each in a transaction. */
static void count_up(int times)
{
	if (open_as(MAP_RECORD) < 0)
		_exit(1);
	for (int i = 0; i < times; i++)
		if (map_begin(&map, &err) < 0 ||
			sqlite3_exec(map.db,
				"UPDATE readset SET digest = digest + 1", NULL,
				NULL, NULL) != SQLITE_OK ||
			map_commit(&map, &err) < 0)
			_exit(2);
	map_close(&map);
	_exit(0);
}

TEST(writers_wait_for_each_other)
{
	pid_t pids[3];
	int status;

	make_map();
	sql("INSERT INTO readset VALUES (1, 0)");
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			count_up(20);
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(number("SELECT digest FROM readset"), 60);
}

/* All at once, as far as can be: each waits for the pipe to be closed. */
static void make_in_child(int ready[2])
{
	char byte;

	close(ready[1]);
	if (read(ready[0], &byte, 1) != 0)
		_exit(3);
	if (open_as(MAP_RECORD) < 0)
		_exit(1);
	map_close(&map);
	_exit(0);
}

/* Each of them may be the one that makes the tables. */
TEST(several_make_it)
{
	pid_t pids[4];
	int status, ready[2];

	for (int round = 0; round < 40; round++) {
		unlink(MAP_PATH);
		assert_int_equal(pipe(ready), 0);
		for (int i = 0; i < 4; i++) {
			pids[i] = fork();
			if (pids[i] == 0)
				make_in_child(ready);
		}
		close(ready[0]);
		close(ready[1]);
		for (int i = 0; i < 4; i++) {
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_int_equal(status, 0);
		}
		assert_int_equal(number("PRAGMA user_version"), MAP_VERSION);
	}
}

/* The journal of a writer that died is rolled back by the next to open. */
TEST(killed_writer)
{
	pid_t pid;
	int status;

	make_map();
	sql("INSERT INTO readset VALUES (1, 'kept')");
	pid = fork();
	if (pid == 0) {
		if (open_as(MAP_RECORD) < 0 || map_begin(&map, &err) < 0)
			_exit(1);
		sqlite3_exec(map.db, "PRAGMA cache_size = 1", NULL, NULL, NULL);
		sqlite3_exec(map.db,
			"DELETE FROM readset;"
			"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL"
			" SELECT i + 1 FROM n WHERE i < 3000)"
			"INSERT INTO readset SELECT i, randomblob(64) FROM n",
			NULL, NULL, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(open_as(MAP_QUERY), 0);
	map_close(&map);
	assert_int_equal(number("SELECT count(*) FROM readset"), 1);
	assert_int_equal(
		number("SELECT count(*) FROM readset WHERE digest = 'kept'"),
		1);
}

#define HERE(name) cmocka_unit_test_setup_teardown(name, enter, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(missing),
		HERE(nowhere_to_make_it),
		HERE(made),
		HERE(no_database),
		HERE(truncated),
		HERE(truncated_at_a_page),
		HERE(sound_is_not_put_aside),
		HERE(newer),
		HERE(negative_version),
		HERE(another_program),
		HERE(no_application),
		HERE(empty_file),
		HERE(empty_and_read_only),
		HERE(read_only),
		HERE(rollback),
		HERE(writers_wait_for_each_other),
		HERE(several_make_it),
		HERE(killed_writer),
	};

	return RUN_TESTS(tests);
}
