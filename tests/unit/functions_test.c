/* SPDX-License-Identifier: MIT */
/*
 * Changed functions and who enters them. The map is made by hand, with the
 * texts taken apart already, so that no interpreter is asked.
 */
#include "tests/unit/scratch.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/frames.h"
#include "map/map.h"
#include "map/source.h"
#include "map/sweep.h"
#include "selector/functions.h"
#include "selector/test_files.h"

static struct map map;
static struct changes changes;
static struct functions functions;
static struct err err;

static void sql(const char *text)
{
	assert_int_equal(
		sqlite3_exec(map.db, text, NULL, NULL, NULL), SQLITE_OK);
}

static int enter(void **state)
{
	if (scratch_enter(state) || mkdir(".ftrace", 0777) ||
		map_open(&map, scratch_root(), MAP_RECORD, &err) < 0)
		return -1;
	sql("INSERT INTO interpreter VALUES (1, 'tag', '/nowhere/python');"
	    "INSERT INTO scope (id, kind, name, session, readset, latest,"
	    " incomplete, digest) VALUES (1, 1, 'pytest/test_a.py::test_a', 1, "
	    "1,"
	    " 0, NULL, x'');"
	    "INSERT INTO unit VALUES (1, 'pytest', 'test_a.py::test_a',"
	    " 'passed', 1, NULL, NULL);"
	    "INSERT INTO scope (id, kind, name, session, readset, latest,"
	    " incomplete, digest) VALUES (2, 3, 'a', 1, 2, 0, NULL, x'');"
	    "INSERT INTO scope (id, kind, name, session, readset, latest,"
	    " incomplete, digest) VALUES (3, 4, 'alone', 1, 3, 1, NULL, x'');"
	    "INSERT INTO uses VALUES (1, 2);");
	return 0;
}

static int leave(void **state)
{
	functions_release(&functions);
	changes_release(&changes);
	map_close(&map);
	return scratch_leave(state);
}

/* What is known of a text, blocks as "name kind print line"; its number. */
static int64_t know(const char *text, const char *const *blocks)
{
	struct source source = {.tag = "tag"};
	struct frames frames = {0};

	for (; *blocks; blocks++) {
		char name[128], kind[2];
		unsigned line, print;

		assert_int_equal(sscanf(*blocks, "%127s %1s %u %u", name, kind,
					 &print, &line),
			4);
		frames_add_text(&frames, name);
		frames_add_text(&frames, kind);
		frames_add(&frames,
			(char[16]){(char)print, 'p', 'r', 'i', 'n', 't'}, 16);
		frames_add_number(&frames, line);
		frames_add_number(&frames, line);
		frames_add_text(&frames, "");
	}
	source.content = print_bytes(text, strlen(text), 0);
	assert_true(source_set_blocks(&source, frames.bytes, frames.size));
	assert_int_equal(source_store(&source, &map, &err), 0);
	frames_release(&frames);
	free(source.text);
	free(source.blocks);
	return source.id;
}

#define KNOW(text, ...) know(text, (const char *const[]){__VA_ARGS__, NULL})

/* The file that a run loaded; what it is now is read from the disk. */
static void load(const char *path, int64_t loaded)
{
	char text[256];

	snprintf(text, sizeof(text),
		"INSERT INTO file (id, path, mode, loaded)"
		" VALUES (1, '%s', 33188, %lld);"
		"INSERT INTO state (id, file, aspect, block, print, live)"
		" VALUES (1, 1, 5, x'', x'00', 1);",
		path, (long long)loaded);
	sql(text);
}

static void read_block(int state, const char *block, int scope, int kinds)
{
	char text[256];

	snprintf(text, sizeof(text),
		"INSERT INTO state (id, file, aspect, block, print, live)"
		" VALUES (%d, 1, %d, CAST('%s' AS BLOB),"
		" x'01', 1); INSERT INTO reads VALUES (%d, %d, %d);",
		state, *block ? 5 : 0, block, scope, state, kinds);
	sql(text);
}

/* "name:line" of each changed function; "!" after those not reached. */
static const char *found(void)
{
	static char text[1024];

	functions_release(&functions);
	changes_release(&changes);
	if (changes_find(&changes, &map, &err) < 0 ||
		functions_find(&functions, &changes, &map, NULL, &err) < 0)
		fail_msg("%s", err.text);
	*text = '\0';
	for (size_t i = 0; i < functions.count; i++) {
		const struct changed_function *function = &functions.list[i];
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%s%s:%u%s%s",
			n ? " " : "", function->name, function->line,
			function->fresh ? "+" : "",
			function->reached ? "" : "!");
	}
	return text;
}

TEST(the_same_text_has_no_changes)
{
	load("a.py", KNOW("one", "f f 1 1"));
	write_file("a.py", "one");
	assert_string_equal(found(), "");
	assert_true(functions_suffice(&functions, 1000000000));
}

TEST(prints_tell)
{
	KNOW("two", "same f 1 9", "other f 3 5", "fresh f 1 2", "C c 7 1",
		"was_class f 1 3");
	load("a.py", KNOW("one", "same f 1 1", "other f 2 2", "C c 1 1",
			     "gone f 1 4", "was_class c 1 3"));
	write_file("a.py", "two");
	assert_string_equal(found(), "fresh:2+! was_class:3+! other:5!");
	assert_false(functions_suffice(&functions, 1));
	assert_true(functions_suffice(&functions, 0));
}

TEST(an_unknown_version_makes_all_new)
{
	KNOW("two", "f f 1 1", "C c 7 1");
	load("a.py", LOADED_UNKNOWN);
	write_file("a.py", "two");
	assert_string_equal(found(), "f:1+!");
}

TEST(who_enters)
{
	KNOW("two", "test f 2 1", "import f 2 2", "alone f 2 3", "nobody f 2 4",
		"looked f 2 5");
	load("a.py", KNOW("one", "test f 1 1", "import f 1 2", "alone f 1 3",
			     "nobody f 1 4", "looked f 1 5"));
	write_file("a.py", "two");
	read_block(2, "test", 1, 1);
	read_block(3, "import", 2, 1);
	read_block(4, "alone", 3, 1);
	read_block(5, "looked", 1, 16);
	assert_string_equal(
		found(), "test:1 import:2 alone:3! nobody:4! looked:5!");
	assert_int_equal(functions.reached, 2);
	assert_true(functions_suffice(&functions, 400000000));
	assert_false(functions_suffice(&functions, 400000001));
}

TEST(whole_files)
{
	KNOW("two", "f f 2 1", "g f 2 2");
	load("a.py", KNOW("one", "f f 1 1", "g f 1 2"));
	write_file("a.py", "two");
	read_block(2, "f", 1, 1);
	read_block(3, "", 1, 16);
	found();
	assert_false(functions.list[1].whole);
	sql("UPDATE reads SET kinds = 17 WHERE state = 3");
	found();
	assert_false(functions.list[0].whole);
	assert_true(functions.list[1].whole);
}

TEST(without_a_name)
{
	KNOW("two", "f f 2 1", "f.<locals>.<lambda> f 2 2",
		"f.<locals>.<listcomp> f 2 3",
		"f.<locals>.<listcomp>.<locals>.<lambda> f 2 4", "g f 1 5",
		"g.<locals>.<lambda> f 2 6", "<lambda> f 2 7",
		"<lambda>.<locals>.<genexpr> f 2 8", "f.<locals>.g f 2 9",
		"C.<lambda> f 2 10", "g.<locals>.h.<locals>.<lambda> f 2 11");
	load("a.py", KNOW("one", "g f 1 1"));
	write_file("a.py", "two");
	assert_string_equal(found(),
		"f:1+! g.<locals>.<lambda>:6+! <lambda>:7+! f.<locals>.g:9+!"
		" C.<lambda>:10+! g.<locals>.h.<locals>.<lambda>:11+!");
}

TEST(nobody_can_take_it_apart)
{
	load("a.py", KNOW("one", "f f 1 1"));
	write_file("a.py", "a text that the map has not met");
	assert_string_equal(found(), "");
	assert_int_equal(functions.unknown_count, 1);
	assert_true(*functions.unknown->text);
	assert_false(functions_suffice(&functions, 1));
}

TEST(files_that_went_or_became_others)
{
	load("a.py", KNOW("one", "f f 1 1"));
	assert_string_equal(found(), "");
	make_directory("a.py");
	assert_string_equal(found(), "");
	assert_int_equal(functions.unknown_count, 0);
}

TEST(no_interpreter)
{
	sql("DELETE FROM interpreter");
	assert_int_equal(changes_find(&changes, &map, &err), 0);
	assert_true(functions_find(&functions, &changes, &map, NULL, &err) < 0);
}

/* What was loaded last is what the next edit is compared with. */
TEST(sweep_keeps_what_was_loaded)
{
	int64_t id = KNOW("one", "f f 1 1"), other = KNOW("two", "f f 2 1");
	struct source *source;

	load("a.py", id);
	sql("INSERT INTO reads VALUES (1, 1, 1)");
	assert_int_equal(map_sweep_files(&map, &err), 0);
	assert_null(source_by_id(&map, other, &err));
	source = source_by_id(&map, id, &err);
	assert_non_null(source);
	source_release(source);
	free(source);
}

static bool is_test(const char *path)
{
	struct test_files tests;
	bool yes;

	assert_int_equal(test_files_init(&tests, &map, &err), 0);
	yes = test_files_have(&tests, path);
	test_files_release(&tests);
	return yes;
}

static void add_unit(int scope, const char *id)
{
	char text[256];

	snprintf(text, sizeof(text),
		"INSERT INTO unit (scope, runner, id, outcome, duration)"
		" VALUES (%d, 'pytest', '%s', 'passed', 1);",
		scope, id);
	sql(text);
}

TEST(files_of_tests)
{
	add_unit(10, "pkg/mod.py::pkg.mod.Class.method");
	add_unit(11, "pkg/mod.py::mod");
	add_unit(12, "pkg/__init__.py::pkg");
	add_unit(13, "checks.py::test_it[a.b]");
	add_unit(14, "checks.py.txt::checks.py.txt");
	add_unit(15, "more.py::TestIt::test_it");
	sql("INSERT INTO pattern VALUES ('*.py'), ('test_*.py')");
	assert_true(is_test("test_a.py"));
	assert_true(is_test("checks.py"));
	assert_true(is_test("more.py"));
	assert_true(is_test("conftest.py"));
	assert_true(is_test("a/conftest.py"));
	assert_true(is_test("a/test_new.py"));
	assert_false(is_test("pkg/mod.py"));
	assert_false(is_test("pkg/__init__.py"));
	assert_false(is_test("new.py"));
	assert_false(is_test("test_folder/new.py"));
}

#define IN_MAP(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_MAP(the_same_text_has_no_changes),
		IN_MAP(prints_tell),
		IN_MAP(an_unknown_version_makes_all_new),
		IN_MAP(who_enters),
		IN_MAP(whole_files),
		IN_MAP(without_a_name),
		IN_MAP(nobody_can_take_it_apart),
		IN_MAP(files_that_went_or_became_others),
		IN_MAP(no_interpreter),
		IN_MAP(sweep_keeps_what_was_loaded),
		IN_MAP(files_of_tests),
	};

	return RUN_TESTS(tests);
}
