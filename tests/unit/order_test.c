/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <string.h>

#include "selector/order.h"

/* What failed, or took so long, of the units of a map. */
struct known {
	const char *id;
	int64_t duration;
	bool failed;
};

#define MOST 16

/* The order that arguments, in one text, are put in. */
static const char *order(
	const struct known *known, size_t count, const char *arguments)
{
	static struct affected_unit affected_units[MOST];
	static struct query_unit query_units[MOST];
	static struct reason failed = {.state = UNIT_RERUN, .what = "failed"};
	static char text[512];
	char words[512], *list[MOST];
	struct arguments given = {.list = list};
	struct affected affected = {.units = affected_units, .count = count};
	struct query_units units = {.units = query_units, .count = count};

	assert_true(count <= MOST);
	for (size_t i = 0; i < count; i++) {
		affected_units[i] = (struct affected_unit){.runner = "pytest",
			.id = (char *)known[i].id,
			.reasons = &failed,
			.reason_count = known[i].failed};
		query_units[i] = (struct query_unit){.runner = "pytest",
			.id = (char *)known[i].id,
			.duration = known[i].duration};
	}
	strcpy(words, arguments);
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		list[given.count++] = word;
	arguments_order(&given, &affected, &units, "pytest");
	*text = '\0';
	for (size_t i = 0; i < given.count; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, list[i]);
	}
	return text;
}

#define ORDER(known, arguments) \
	order(known, sizeof(known) / sizeof(*known), arguments)

TEST(nothing)
{
	assert_string_equal(order(NULL, 0, ""), "");
	assert_string_equal(order(NULL, 0, "b.py a.py"), "a.py b.py");
}

TEST(quickest_first)
{
	static const struct known known[] = {{"a.py::x", 5, false},
		{"a.py::y", 6, false}, {"b.py::x", 10, false},
		{"c.py::x", -1, false}};

	assert_string_equal(ORDER(known, "a.py::x a.py::y b.py c.py::x d.py"),
		"c.py::x d.py b.py a.py::x a.py::y");
}

TEST(what_failed_first)
{
	static const struct known known[] = {{"a.py::x", 1, false},
		{"b.py::x", 2, false}, {"b.py::y", 3, true}, {"c.py", 9, true}};

	assert_string_equal(ORDER(known, "a.py::x b.py::x b.py::y c.py"),
		"b.py::x b.py::y c.py a.py::x");
}

/* Those whose names begin alike are others; "a.py" lies on both sides. */
TEST(similar_files)
{
	static const struct known known[] = {{"a.py", 4, false},
		{"a.py.x::t", 1, true}, {"a.py::t", 5, false},
		{"a.pyx::t", 1, true}, {"b.py::t", 8, false}};

	assert_string_equal(
		ORDER(known, "a.py a.py.x::t a.py::t a.pyx::t b.py::t"),
		"a.py.x::t a.pyx::t b.py::t a.py a.py::t");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(quickest_first),
		cmocka_unit_test(what_failed_first),
		cmocka_unit_test(similar_files),
	};

	return RUN_TESTS(tests);
}
