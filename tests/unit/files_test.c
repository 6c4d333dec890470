/* SPDX-License-Identifier: MIT */
/*
 * Stat first: what is read, what is only looked at and what is not even that.
 * Each test records, saves, loads again as the next query does, and counts.
 */
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map/files.h"
#include "map/map.h"

static struct map map;
static struct map_files files;
static struct err err;

static int enter(void **state)
{
	if (scratch_enter(state) || mkdir(".ftrace", 0777))
		return -1;
	if (map_open(&map, scratch_root(), MAP_RECORD, &err) < 0)
		return -1;
	return map_files_load(&files, &map, &err);
}

static int leave(void **state)
{
	map_files_release(&files);
	map_close(&map);
	return scratch_leave(state);
}

static void reload(void)
{
	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(map_files_save(&files, &map, &err), 0);
	assert_int_equal(map_commit(&map, &err), 0);
	map_files_release(&files);
	assert_int_equal(map_files_load(&files, &map, &err), 0);
}

static uint32_t file_at(const char *path)
{
	return map_files_intern(&files, path, strlen(path));
}

/* The state that the file's content has now. */
static uint32_t content_of(const char *path)
{
	uint32_t file = file_at(path);

	map_file_check(&files, file, NULL);
	return map_file_state(&files, file, ASPECT_CONTENT, "", 0);
}

static void record(const char *path, const char *text)
{
	write_file(path, text);
	wait_for_clock();
	content_of(path);
	reload();
}

static bool is_live(uint32_t state)
{
	return files.states[state].live;
}

static void touch(const char *path)
{
	wait_for_clock();
	assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0);
	wait_for_clock();
}

TEST(unchanged_is_a_hit)
{
	record("a", "one");
	map_files_check_all(&files);
	assert_int_equal(files.hits, 1);
	assert_int_equal(files.hashed, 0);
	assert_true(is_live(0));
}

TEST(touched_is_hashed_once)
{
	record("a", "one");
	touch("a");
	map_files_check_all(&files);
	assert_int_equal(files.hits, 0);
	assert_int_equal(files.hashed, 1);
	assert_true(is_live(0));
	reload();
	map_files_check_all(&files);
	assert_int_equal(files.hits, 1);
	assert_int_equal(files.hashed, 0);
	assert_true(is_live(0));
}

TEST(checked_once_a_load)
{
	record("a", "one");
	map_files_check_all(&files);
	map_files_check_all(&files);
	assert_int_equal(files.stats, 1);
	assert_int_equal(files.hits, 1);
}

TEST(changed_and_restored)
{
	record("a", "one");
	write_file("a", "two");
	wait_for_clock();
	map_files_check_all(&files);
	assert_int_equal(files.hashed, 1);
	assert_false(is_live(0));
	reload();
	assert_false(is_live(0));
	write_file("a", "one");
	wait_for_clock();
	map_files_check_all(&files);
	assert_true(is_live(0));
	reload();
	map_files_check_all(&files);
	assert_int_equal(files.hits, 1);
	assert_true(is_live(0));
}

TEST(removed_and_restored)
{
	record("a", "one");
	remove_file("a");
	map_files_check_all(&files);
	assert_false(is_live(0));
	reload();
	map_files_check_all(&files);
	assert_false(is_live(0));
	assert_int_equal(files.hits, 1);
	write_file("a", "one");
	wait_for_clock();
	reload();
	map_files_check_all(&files);
	assert_true(is_live(0));
}

/* Same size, same time of change as far as a stat can tell. */
TEST(racy_is_always_hashed)
{
	write_file("a", "one");
	content_of("a");
	files.files[0].seen = files.files[0].identity.ctime;
	reload();
	map_files_check_all(&files);
	assert_int_equal(files.hits, 0);
	assert_int_equal(files.hashed, 1);
	assert_true(is_live(0));
}

/* A unit that ran before the edit and one that ran after it. */
TEST(two_states)
{
	uint32_t first, second;

	record("a", "one");
	first = content_of("a");
	write_file("a", "two");
	wait_for_clock();
	reload();
	second = content_of("a");
	assert_int_not_equal(first, second);
	assert_false(is_live(first));
	assert_true(is_live(second));
	assert_int_equal(content_of("a"), second);
	reload();
	write_file("a", "one");
	map_files_check_all(&files);
	assert_int_equal(files.state_count, 2);
	for (size_t i = 0; i < files.state_count; i++)
		assert_int_equal(files.states[i].live,
			!files.files[0].checked || files.states[i].id == 1);
}

TEST(unknown_print_equals_none)
{
	uint32_t state;

	record("a", "one");
	state = map_file_state_of(
		&files, file_at("a"), ASPECT_CONTENT, "", 0, &print_unknown);
	assert_false(is_live(state));
	assert_int_equal(map_file_state_of(&files, file_at("a"), ASPECT_CONTENT,
				 "", 0, &print_unknown),
		state);
	touch("a");
	map_files_check_all(&files);
	assert_false(is_live(state));
	assert_true(is_live(0));
}

TEST(blocks_are_apart)
{
	uint32_t here, stem, other;

	map_file_check(&files, file_at("."), NULL);
	here = map_file_state(&files, file_at("."), ASPECT_LISTING, "", 0);
	stem = map_file_state(&files, file_at("."), ASPECT_LISTING, "conf", 4);
	other = map_file_state(&files, file_at("."), ASPECT_LISTING, "b", 1);
	reload();
	wait_for_clock();
	write_file("b.py", "");
	map_files_check_all(&files);
	assert_int_equal(files.state_count, 3);
	assert_false(is_live(here));
	assert_true(is_live(stem));
	assert_false(is_live(other));
}

/* An absent path that rests on its directory, as the fold makes them. */
static uint32_t record_absent(const char *path, const char *directory)
{
	uint32_t dir = file_at(directory), file = file_at(path);

	wait_for_clock();
	map_file_check(&files, dir, NULL);
	content_of(path);
	files.files[file].dir = dir;
	reload();
	return file_at(path);
}

TEST(absent_below_an_unchanged_directory)
{
	uint32_t file;

	make_directory("d");
	file = record_absent("d/a", "d");
	assert_int_equal(files.files[file].dir, file_at("d"));
	map_files_check_all(&files);
	assert_int_equal(files.stats, 1);
	assert_int_equal(files.hits, 2);
	assert_true(is_live(0));
}

TEST(absent_below_a_changed_directory)
{
	make_directory("d");
	record_absent("d/a", "d");
	write_file("d/b", "");
	map_files_check_all(&files);
	assert_int_equal(files.stats, 2);
	assert_true(is_live(0));
}

TEST(absent_and_then_made)
{
	make_directory("d");
	record_absent("d/a", "d");
	write_file("d/a", "");
	map_files_check_all(&files);
	assert_false(is_live(0));
}

/* A directory that is gone tells nothing about what was below it. */
TEST(absent_below_a_removed_directory)
{
	make_directory("d");
	record_absent("d/a", "d");
	remove_file("d");
	map_files_check_all(&files);
	assert_int_equal(files.stats, 2);
	reload();
	make_directory("d");
	write_file("d/a", "");
	map_files_check_all(&files);
	assert_false(is_live(0));
}

/* A run that looked at the directory and not at the path below it. */
TEST(settling)
{
	uint32_t file;

	make_directory("d");
	file = record_absent("d/a", "d");
	write_file("d/a", "");
	map_file_check(&files, file_at("d"), NULL);
	assert_false(files.files[file].checked);
	map_files_settle(&files);
	assert_true(files.files[file].checked);
	assert_false(is_live(0));
	assert_int_equal(files.files[file].dir, FILE_NONE);
}

TEST(settling_leaves_the_rest)
{
	uint32_t file;

	make_directory("d");
	file = record_absent("d/a", "d");
	map_file_check(&files, file_at("d"), NULL);
	map_files_settle(&files);
	assert_false(files.files[file].checked);
}

/* A path that somebody only wrote is not looked at. */
TEST(files_without_states)
{
	write_file("a", "");
	file_at("a");
	reload();
	map_files_check_all(&files);
	assert_int_equal(files.stats, 0);
}

TEST(a_look_that_is_given)
{
	struct look look = {.seen = 5};
	uint32_t file;

	record("a", "one");
	file = file_at("a");
	map_file_check(&files, file, &look);
	assert_true(files.files[file].changed);
	assert_int_equal(files.files[file].seen, 5);
	assert_int_equal(files.files[file].identity.mode, 0);
}

/* More than one thread's share, with the odd ones in every share. */
TEST(thousands)
{
	char name[32];

	for (int i = 0; i < 9000; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		if (i % 1000 == 7)
			write_file(name, "x");
		content_of(name);
	}
	wait_for_clock();
	reload();
	write_file("f7", "y");
	write_file("f8", "made");
	remove_file("f8007");
	map_files_check_all(&files);
	assert_int_equal(files.stats, 9000);
	assert_int_equal(files.state_count, 9000);
	for (uint32_t i = 0; i < 9000; i++) {
		const char *path = map_files_path(&files, i);
		bool changed = !strcmp(path, "f7") || !strcmp(path, "f8") ||
			       !strcmp(path, "f8007");

		assert_int_equal(is_live(files.files[i].state), !changed);
	}
}

TEST(paths_in_both_forms)
{
	char *path = map_files_absolute(&files, file_at("d/a"));

	assert_string_equal(path, scratch_path("d/a"));
	free(path);
	path = map_files_absolute(&files, file_at("/etc/passwd"));
	assert_string_equal(path, "/etc/passwd");
	free(path);
	path = map_files_absolute(&files, file_at("."));
	assert_string_equal(path, scratch_root());
	free(path);
}

#define HERE(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(unchanged_is_a_hit),
		HERE(touched_is_hashed_once),
		HERE(checked_once_a_load),
		HERE(changed_and_restored),
		HERE(removed_and_restored),
		HERE(racy_is_always_hashed),
		HERE(two_states),
		HERE(unknown_print_equals_none),
		HERE(blocks_are_apart),
		HERE(absent_below_an_unchanged_directory),
		HERE(absent_below_a_changed_directory),
		HERE(absent_and_then_made),
		HERE(absent_below_a_removed_directory),
		HERE(settling),
		HERE(settling_leaves_the_rest),
		HERE(files_without_states),
		HERE(a_look_that_is_given),
		HERE(thousands),
		HERE(paths_in_both_forms),
	};

	return RUN_TESTS(tests);
}
