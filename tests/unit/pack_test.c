/* SPDX-License-Identifier: MIT */
/*
 * A map that travels: the same answers elsewhere, and nothing of a map that
 * anybody could have made is believed.
 */
#include "map/pack.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map/query.h"
#include "tests/unit/graph.h"
#include "tests/unit/scratch.h"

static struct err err;

static char *pack_file(void)
{
	return strdup(scratch_path("packed.db"));
}

static void pack_it(void)
{
	char *path = pack_file();

	graph_begin();
	graph_use(graph_scope(SCOPE_UNIT, "r/one"),
		graph_scope(SCOPE_FIXTURE, "f"));
	graph_read(1, "data");
	graph_commit();
	graph_unit("r/two", "other");
	assert_int_equal(map_pack(&graph_map, path, &err), 0);
	free(path);
}

/* Changes a packed map as nobody who means well would. */
static void spoil(const char *sql)
{
	sqlite3 *db;
	char *path = pack_file();

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	free(path);
}

static int64_t packed_number(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *row;
	int64_t number;
	char *path = pack_file();

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	number = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	free(path);
	return number;
}

static int take(bool *taken, const char *root)
{
	char *path = pack_file();
	int code = map_take_pack(taken, root, path, &err);

	free(path);
	return code;
}

static void expect_refused(const char *why)
{
	bool taken = true;

	make_directory("clone");
	assert_int_equal(take(&taken, scratch_path("clone")), MAP_BROKEN);
	assert_false(taken);
	if (!strstr(err.text, why))
		fail_msg("'%s' lacks '%s'", err.text, why);
	assert_int_equal(access("clone/.ftrace/map.db", F_OK), -1);
}

TEST(the_same_answers)
{
	struct query_units units;
	struct map map;
	bool taken;

	pack_it();
	make_directory("clone");
	assert_int_equal(take(&taken, scratch_path("clone")), 0);
	assert_true(taken);
	assert_int_equal(
		map_open(&map, scratch_path("clone"), MAP_QUERY, &err), 0);
	assert_int_equal(query_units(&units, &map, &err), 0);
	assert_int_equal(units.count, 2);
	query_units_release(&units);
	assert_int_equal(map_check(&map, &err), 0);
	map_close(&map);
	/* With all indexes: it is a map like any other. */
	assert_int_equal(
		map_open(&map, scratch_path("clone"), MAP_RECORD, &err), 0);
	map_close(&map);
	assert_int_equal(access("clone/.ftrace/.gitignore", F_OK), 0);
}

TEST(what_only_this_machine_needs_stays_here)
{
	pack_it();
	assert_int_equal(packed_number("SELECT count(*) FROM file"
				       " WHERE inode OR size OR mtime OR ctime"
				       " OR seen"),
		0);
	assert_int_equal(packed_number("SELECT count(*) FROM sqlite_master"
				       " WHERE type = 'index' AND sql"
				       " IS NOT NULL"),
		0);
	assert_int_equal(packed_number("SELECT sum(length(command))"
				       " FROM session"),
		0);
	/* The map itself has them still. */
	assert_int_equal(graph_number("SELECT count(*) FROM sqlite_master"
				      " WHERE name = 'scope_of_digest'"),
		1);
}

/* An identity from elsewhere could be that of another file here. */
TEST(identities_of_others_are_not_taken)
{
	bool taken;

	pack_it();
	spoil("UPDATE file SET inode = 1, size = 2, mtime = 3, ctime = 4");
	make_directory("clone");
	assert_int_equal(take(&taken, scratch_path("clone")), 0);
	map_close(&graph_map);
	assert_int_equal(
		map_open(&graph_map, scratch_path("clone"), MAP_QUERY, &err),
		0);
	assert_int_equal(graph_number("SELECT count(*) FROM file"
				      " WHERE inode OR size OR mtime"),
		0);
}

TEST(a_map_with_units_is_kept)
{
	bool taken;

	pack_it();
	spoil("DELETE FROM unit");
	assert_int_equal(take(&taken, scratch_root()), 0);
	assert_false(taken);
	assert_string_equal(graph_units(), "one two");
}

TEST(tables_that_are_no_map_s)
{
	static const char *const changes[] = {
		"CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM unit;"
		" END",
		"CREATE VIEW v AS SELECT 1", "CREATE TABLE more (x)",
		"DROP TABLE smoke", "ALTER TABLE unit ADD COLUMN more",
		"DROP TABLE pattern; CREATE TABLE pattern (glob BLOB, more AS "
		"(1))"};

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		if (i) {
			remove_file("packed.db");
			assert_int_equal(system("rm -rf clone"), 0);
			graph_unit("r/more", "other");
		}
		pack_it();
		spoil(changes[i]);
		expect_refused("tables");
	}
}

TEST(no_map_at_all)
{
	write_file("packed.db", "this is no database, however long it is");
	expect_refused("");
}

TEST(a_newer_one)
{
	pack_it();
	spoil("PRAGMA user_version = 1000");
	expect_refused("1000");
}

TEST(another_program_s)
{
	pack_it();
	spoil("PRAGMA application_id = 1");
	expect_refused("not an ftrace map");
}

TEST(damaged_pages)
{
	struct stat st;
	FILE *file;

	pack_it();
	assert_int_equal(stat("packed.db", &st), 0);
	file = fopen("packed.db", "r+");
	assert_non_null(file);
	for (long at = 1024; at < st.st_size; at += 1024) {
		fseek(file, at, SEEK_SET);
		fwrite("\xff\xff\xff\xff\xff\xff\xff\xff", 1, 8, file);
	}
	fclose(file);
	expect_refused("");
}

TEST(cut_short)
{
	pack_it();
	assert_int_equal(truncate("packed.db", 3 * 1024 + 100), 0);
	expect_refused("");
}

/* A row that the tables forbid takes all back. */
TEST(rows_that_do_not_fit)
{
	bool taken;

	pack_it();
	/* NULL where none may be, put there behind SQLite's back. */
	spoil("PRAGMA writable_schema = ON;"
	      "UPDATE sqlite_master SET sql = replace(sql,"
	      " 'glob BLOB PRIMARY KEY', 'glob BLOB PRIMARY KEY ')"
	      " WHERE name = 'pattern'");
	make_directory("clone");
	assert_int_equal(take(&taken, scratch_path("clone")), MAP_BROKEN);
	assert_false(taken);
}

TEST(cleared)
{
	struct map map;

	pack_it();
	assert_int_equal(map_clear(scratch_root(), &err), 0);
	assert_string_equal(graph_units(), "");
	assert_int_equal(graph_number("SELECT count(*) FROM file"), 0);
	assert_int_equal(map_open(&map, scratch_root(), MAP_RECORD, &err), 0);
	map_close(&map);
	assert_int_equal(map_clear(scratch_path("nowhere"), &err), MAP_MISSING);
}

#define IN_GRAPH(name) \
	cmocka_unit_test_setup_teardown(name, graph_enter, graph_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_GRAPH(the_same_answers),
		IN_GRAPH(what_only_this_machine_needs_stays_here),
		IN_GRAPH(identities_of_others_are_not_taken),
		IN_GRAPH(a_map_with_units_is_kept),
		IN_GRAPH(tables_that_are_no_map_s),
		IN_GRAPH(no_map_at_all),
		IN_GRAPH(a_newer_one),
		IN_GRAPH(another_program_s),
		IN_GRAPH(damaged_pages),
		IN_GRAPH(cut_short),
		IN_GRAPH(rows_that_do_not_fit),
		IN_GRAPH(cleared),
	};

	return RUN_TESTS(tests);
}
