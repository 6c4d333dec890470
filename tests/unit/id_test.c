/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"

TEST(file)
{
	assert_int_equal(id_file("a/b.py::T::test"), 6);
	assert_int_equal(id_file("a[1].py::test"), 7);
	assert_int_equal(id_file("a/b.py"), 0);
	assert_int_equal(id_file(""), 0);
}

TEST(parts)
{
	const char *id = "a[1].py::T::test[x::y]";
	size_t size = strlen(id), at = id_part_end(id, size, 0);

	assert_int_equal(at, 7);
	at = id_part_end(id, size, id_next(at));
	assert_int_equal(at, 10);
	assert_int_equal(id_part_end(id, size, id_next(at)), size);
}

TEST(last)
{
	assert_string_equal(id_last("f::T::test[x::y]"), "test[x::y]");
	assert_string_equal(id_last("f"), "f");
	assert_string_equal(id_last("f::"), "");
}

TEST(bare)
{
	assert_int_equal(id_bare("f::test[x::y]"), 7);
	assert_int_equal(id_bare("f[1]::test"), 10);
	assert_int_equal(id_bare("f[1]"), 4);
}

TEST(steps)
{
	const char *id = "f::T::test";

	assert_string_equal(id_step(id, 0), "T::test");
	assert_string_equal(id_step(id, 2), "T::test");
	assert_string_equal(id_step(id, 3), "test");
	assert_null(id_step(id, 7));
}

TEST(below)
{
	assert_true(id_is_below("T::test", "T"));
	assert_true(id_is_below("test[1]", "test"));
	assert_true(id_is_below("test", "test"));
	assert_false(id_is_below("test_b", "test"));
	assert_false(id_is_below("te", "test"));
}

TEST(joined)
{
	char *id = id_of("f", "test");

	assert_string_equal(id, "f::test");
	free(id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file),
		cmocka_unit_test(parts),
		cmocka_unit_test(last),
		cmocka_unit_test(bare),
		cmocka_unit_test(steps),
		cmocka_unit_test(below),
		cmocka_unit_test(joined),
	};

	return RUN_TESTS(tests);
}
