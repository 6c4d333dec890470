/* SPDX-License-Identifier: MIT */
#include "tests/unit/scratch.h"

#include <string.h>

#include "selector/near.h"

static void test_slips(void **state)
{
	(void)state;
	assert_int_equal(near_distance("status", "status"), 1);
	assert_int_equal(near_distance("satus", "status"), 1);
	assert_int_equal(near_distance("statuss", "status"), 1);
	assert_int_equal(near_distance("stafus", "status"), 1);
	assert_int_equal(near_distance("tsatus", "status"), 1);
	assert_int_equal(near_distance("tsatis", "status"), 2);
	assert_int_equal(near_distance("test_one", "test_two"), 3);
}

static void test_beginnings(void **state)
{
	(void)state;
	assert_int_equal(near_distance("aff", "affected"), 1);
	assert_int_equal(near_distance("a", "affected"), NEAR_NOT);
}

static void test_others(void **state)
{
	char most[200];

	(void)state;
	assert_int_equal(near_distance("pytest", "status"), NEAR_NOT);
	assert_int_equal(near_distance("", "status"), NEAR_NOT);
	memset(most, 'a', sizeof(most) - 1);
	most[sizeof(most) - 1] = '\0';
	assert_int_equal(near_distance(most, "status"), NEAR_NOT);
	assert_int_equal(near_distance("status", most), NEAR_NOT);
	most[127] = '\0';
	assert_int_equal(near_distance(most, most), 1);
	most[0] = 'b';
	assert_int_equal(near_distance(most, most + 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_beginnings),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
