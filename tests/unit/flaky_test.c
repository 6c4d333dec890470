/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "config/flaky_file.h"
#include "outcomes/flaky_learn.h"

#define DAY (86400 * INT64_C(1000000000))

static struct map map;
static struct err err;

static struct result result(
	const char *id, const char *before, const char *outcome)
{
	return (struct result){.runner = (char *)"pytest",
		.id = (char *)id,
		.part = (char *)"",
		.before = (char *)before,
		.outcome = (char *)outcome};
}

static bool is_first(const struct result *it, void *data)
{
	return !strcmp(it->id, data);
}

/* Learns from results, and says how many are known then. */
static size_t learn(
	struct results *results, struct flaky_news *news, const char *apart)
{
	struct flaky_units units;
	char *problem;
	size_t count;

	make_directory(scratch_path(MAP_DIRECTORY));
	assert_int_equal(map_open(&map, scratch_root(), MAP_RECORD, &err), 0);
	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(flaky_learn(news, results, apart ? is_first : NULL,
				 (void *)apart, &map, &err),
		0);
	assert_int_equal(map_commit(&map, &err), 0);
	assert_int_equal(flaky_load(&units, &problem, &map, &err), 0);
	assert_null(problem);
	count = units.count;
	flaky_units_release(&units);
	map_close(&map);
	return count;
}

static void add(struct results *results, const char *id, const char *before,
	const char *outcome)
{
	struct result end = result(id, before, outcome);

	results_end(results, &end);
}

TEST(both_ways)
{
	struct results results = {.list = NULL};
	struct flaky_news news;

	add(&results, "a", "passed", "failed");
	add(&results, "b", "error", "passed");
	add(&results, "c", "passed", "passed");
	add(&results, "d", "failed", "error");
	add(&results, "e", "skipped", "failed");
	add(&results, "f", NULL, "failed");
	add(&results, "g", "xfailed", "failed");
	add(&results, "h", "passed", "failed");
	results_find(&results, "pytest", "h", "")->changed = true;
	add(&results, "i", "passed", "failed");
	results_find(&results, "pytest", "i", "")->incomplete = true;
	/* Run again, whatever had changed before. */
	add(&results, "j", NULL, "failed");
	add(&results, "j", NULL, "passed");
	results_find(&results, "pytest", "j", "")->changed = true;
	add(&results, "k", "passed", "failed");
	assert_int_equal(learn(&results, &news, "k"), 4);
	assert_int_equal(news.found.count, 4);
	assert_string_equal(news.found.list[0].id, "a");
	assert_string_equal(news.found.list[1].id, "b");
	assert_string_equal(news.found.list[2].id, "g");
	assert_string_equal(news.found.list[3].id, "j");
	assert_true(results_find(&results, "pytest", "j", "")->flaky);
	assert_false(results_find(&results, "pytest", "c", "")->flaky);
	flaky_news_release(&news);
	results_release(&results);
}

TEST(what_did_not_run_is_no_news)
{
	struct results results = {.list = NULL};
	struct flaky_news news;

	add(&results, "a", "passed", "failed");
	results.list[0].ran = false;
	assert_int_equal(learn(&results, &news, NULL), 0);
	flaky_news_release(&news);
	results_release(&results);
}

/* Bytes that JSON has no place for, and characters that it escapes. */
TEST(file_holds_every_name)
{
	static const char *const ids[] = {
		"a.py::t[\xff\xc3(]", "a.py::t[\"\\\n]", "b.py::t[\xc3\xa9]"};
	struct flaky_units units = {.list = NULL}, read;
	const char *path = scratch_path("list.json");

	for (size_t i = 0; i < 3; i++)
		flaky_units_add(&units, "pytest", ids[i], "")->since =
			20000 * DAY;
	flaky_units_add(&units, "command", "make check", "case\tx")->since =
		20001 * DAY + 5;
	flaky_units_add(&units, "command", "printf a\t\tb\t", "")->since =
		20001 * DAY;
	flaky_units_add(&units, "command", "printf a\t\tb\t", "x\t")->since =
		20001 * DAY;
	assert_int_equal(flaky_file_write(&units, path, &err), 0);
	assert_int_equal(flaky_file_read(&read, path, &err), 0);
	assert_int_equal(read.count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(read.list[i].id, units.list[i].id);
		assert_string_equal(read.list[i].part, units.list[i].part);
		assert_int_equal(
			read.list[i].since / DAY, units.list[i].since / DAY);
	}
	flaky_units_release(&units);
	flaky_units_release(&read);
}

/* As a merge that takes both sides' lines leaves it: the older day counts. */
TEST(file_with_a_line_twice)
{
	struct flaky_units read;
	const char *path = scratch_path("list.json");

	write_file(path, "{\"version\": 1, \"flaky\": {\n"
			 "\"p/x\": \"2026-03-02\",\n"
			 "\"p/x\": \"2026-03-01\",\n"
			 "\"~\": \"\"}}");
	assert_int_equal(flaky_file_read(&read, path, &err), 0);
	assert_int_equal(read.count, 1);
	assert_string_equal(flaky_day(read.list[0].since), "2026-03-01");
	flaky_units_release(&read);
	assert_int_equal(
		flaky_file_read(&read, scratch_path("none.json"), &err),
		FLAKY_FILE_MISSING);
	make_directory(scratch_path("folder"));
	assert_true(flaky_file_read(&read, scratch_path("folder"), &err) < 0);
}

TEST(file_that_stays_as_it_is_is_not_written)
{
	struct flaky_units units = {.list = NULL};
	const char *path = scratch_path("list.json");
	struct identity before, after;

	flaky_units_add(&units, "pytest", "x", "");
	assert_int_equal(flaky_file_write(&units, path, &err), 0);
	before = identity_read(path);
	wait_for_clock();
	assert_int_equal(flaky_file_write(&units, path, &err), 0);
	after = identity_read(path);
	assert_true(identity_equal(&before, &after));
	flaky_units_release(&units);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(both_ways),
		IN_SCRATCH(what_did_not_run_is_no_news),
		IN_SCRATCH(file_holds_every_name),
		IN_SCRATCH(file_with_a_line_twice),
		IN_SCRATCH(file_that_stays_as_it_is_is_not_written),
	};

	return RUN_TESTS(tests);
}
