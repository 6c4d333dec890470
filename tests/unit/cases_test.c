/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include "map/cases.h"

static struct map map;
static struct err err;

static void store(const char *id, struct map_case *list, size_t count)
{
	struct map_cases cases = {.list = list, .count = count};

	assert_int_equal(map_begin(&map, &err), 0);
	assert_int_equal(map_cases_store(&cases, &map, "command", id, &err), 0);
	assert_int_equal(map_commit(&map, &err), 0);
}

TEST(replaced_and_loaded)
{
	struct map_case one[] = {{(char *)"b\xff", (char *)"failed", -1},
		{(char *)"a", (char *)"passed", 7}};
	struct map_cases cases;

	make_directory(MAP_DIRECTORY);
	assert_int_equal(map_open(&map, scratch_root(), MAP_RECORD, &err), 0);
	store("x", one, 2);
	store("y", one, 1);
	assert_int_equal(map_cases_load(&cases, &map, "command", "x", &err), 0);
	assert_int_equal(cases.count, 2);
	assert_string_equal(cases.list[0].part, "a");
	assert_int_equal(cases.list[0].duration, 7);
	assert_string_equal(cases.list[1].part, "b\xff");
	assert_string_equal(cases.list[1].outcome, "failed");
	assert_int_equal(cases.list[1].duration, -1);
	map_cases_release(&cases);
	store("x", one, 1);
	assert_int_equal(map_cases_load(&cases, &map, "command", "x", &err), 0);
	assert_int_equal(cases.count, 1);
	map_cases_release(&cases);
	assert_int_equal(map_cases_load(&cases, &map, "command", "z", &err), 0);
	assert_int_equal(cases.count, 0);
	map_cases_release(&cases);
	map_close(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(replaced_and_loaded),
	};

	return RUN_TESTS(tests);
}
