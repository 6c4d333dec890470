/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdio.h>
#include <string.h>

#include "selector/affected.h"

/* What is handed to the runner, with spaces between. */
static const char *hand_over(
	struct affected_unit *units, size_t count, const char *runner, bool ids)
{
	static char text[512];
	struct affected affected = {.units = units, .count = count};
	struct arguments arguments;

	*text = '\0';
	affected_arguments(&affected, runner, ids, NULL, NULL, &arguments);
	for (size_t i = 0; i < arguments.count; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, arguments.list[i]);
	}
	arguments_release(&arguments);
	return text;
}

#define HAND_OVER(units) \
	hand_over(units, sizeof(units) / sizeof(*units), NULL, false)
#define IDS(units) hand_over(units, sizeof(units) / sizeof(*units), NULL, true)

#define UNIT(name) .runner = "pytest", .id = name

TEST(nothing)
{
	assert_string_equal(hand_over(NULL, 0, NULL, false), "");
}

TEST(plain_ids)
{
	struct affected_unit units[] = {
		{UNIT("a.py::one")}, {UNIT("a.py::two")}, {UNIT("b.py::one")}};

	assert_string_equal(HAND_OVER(units), "a.py::one a.py::two b.py::one");
}

/* The file covers its other units, those before it as well. */
TEST(whole_file)
{
	struct affected_unit units[] = {{UNIT("a.py::one")},
		{UNIT("a.py::two"), .whole_file = true}, {UNIT("a.py::zoo")},
		{UNIT("b.py::one")}};

	assert_string_equal(HAND_OVER(units), "a.py b.py::one");
	assert_string_equal(
		IDS(units), "a.py::one a.py::two a.py::zoo b.py::one");
}

TEST(whole_file_once)
{
	struct affected_unit units[] = {{UNIT("a.py::one"), .whole_file = true},
		{UNIT("a.py::two"), .whole_file = true},
		{UNIT("b.py::one"), .whole_file = true}, {UNIT("b.py::two")}};

	assert_string_equal(HAND_OVER(units), "a.py b.py");
}

/* Files whose names begin alike are told apart. */
TEST(similar_files)
{
	struct affected_unit units[] = {{UNIT("a.py::one")},
		{UNIT("a.pyx::one"), .whole_file = true}, {UNIT("a.pyx::two")},
		{UNIT("ab.py::one")}};

	assert_string_equal(HAND_OVER(units), "a.py::one a.pyx ab.py::one");
}

TEST(similar_file_before)
{
	struct affected_unit units[] = {{UNIT("a.py.bak::x")},
		{UNIT("a.py::one")}, {UNIT("a.py::two"), .whole_file = true}};

	assert_string_equal(HAND_OVER(units), "a.py a.py.bak::x");
}

TEST(new_file)
{
	struct affected_unit units[] = {
		{UNIT("a.py"), .file = true}, {UNIT("b.py::one")}};

	assert_string_equal(HAND_OVER(units), "a.py b.py::one");
}

/* The runner would fail on a file that is not there. */
TEST(gone_file)
{
	struct affected_unit units[] = {
		{UNIT("a.py::one"), .gone = true}, {UNIT("b.py::one")}};

	assert_string_equal(HAND_OVER(units), "b.py::one");
	assert_string_equal(IDS(units), "a.py::one b.py::one");
}

/* Whoever collects its file finds what took its place. */
TEST(gone_name)
{
	struct affected_unit units[] = {
		{UNIT("a.py::one"), .gone = true, .whole_file = true},
		{UNIT("a.py::two"), .file = true},
		{UNIT("b.py::one"), .gone = true},
		{UNIT("b.py::two"), .file = true}};

	assert_string_equal(HAND_OVER(units), "a.py b.py::two");
}

TEST(one_runner_only)
{
	struct affected_unit units[] = {
		{.runner = "command", .id = "make check"}, {UNIT("a.py::one")}};

	assert_string_equal(hand_over(units, 2, "pytest", false), "a.py::one");
	assert_string_equal(
		hand_over(units, 2, "command", false), "make check");
	assert_string_equal(hand_over(units, 2, "other", false), "");
	assert_string_equal(
		hand_over(units, 2, NULL, false), "a.py::one make check");
}

/* A unit of a runner without files in its ids is never cut. */
TEST(runners_without_files)
{
	struct affected_unit units[] = {
		{.runner = "command", .id = "a::b", .whole_file = true}};

	assert_string_equal(HAND_OVER(units), "a::b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(plain_ids),
		cmocka_unit_test(whole_file),
		cmocka_unit_test(whole_file_once),
		cmocka_unit_test(similar_files),
		cmocka_unit_test(similar_file_before),
		cmocka_unit_test(new_file),
		cmocka_unit_test(gone_file),
		cmocka_unit_test(gone_name),
		cmocka_unit_test(one_runner_only),
		cmocka_unit_test(runners_without_files),
	};

	return RUN_TESTS(tests);
}
