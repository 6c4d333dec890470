/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include "base/path.h"

TEST(below)
{
	assert_string_equal(path_below("/a/b/c", "/a/b"), "c");
	assert_string_equal(path_below("/a/b", "/a/b"), "");
	assert_string_equal(path_below(".git/config", ".git"), "config");
	/* The name alone begins with that of the folder. */
	assert_null(path_below("/a/bc", "/a/b"));
	assert_null(path_below("/a", "/a/b"));
	assert_string_equal(path_below("/a", ""), "a");
	assert_null(path_below("a", ""));
}

TEST(last)
{
	assert_string_equal(path_last("/a/b"), "b");
	assert_string_equal(path_last("b"), "b");
	assert_string_equal(path_last("/a/"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below),
		cmocka_unit_test(last),
	};

	return RUN_TESTS(tests);
}
