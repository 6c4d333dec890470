/* SPDX-License-Identifier: MIT */
#define READER tap_read
#include "tests/unit/told.h"

TEST(points)
{
	expect_told("TAP version 13\n1..6\nok 1 - adds\nnot ok 2 - divides\r\n"
		    "noise: not ok\nok\nok 4\nokay 5\n# ok 5\n"
		    "not ok 5 with \\# and \\\\ #12\nok - named only\n",
		"adds = passed\ndivides = failed\ntest 3 = passed\n"
		"test 4 = passed\nwith # and \\ #12 = failed\n"
		"named only = passed\n");
}

TEST(directives)
{
	expect_told("ok 1 - a # SKIP no net\nok 2 # skip\nnot ok 3 b # TODO x\n"
		    "ok 4 c # Todo\nnot ok 5 - d # Skipped: y\n"
		    "ok 6 - e \\# SKIP\nok 7 - f # time=12.5ms\n1..7\n",
		"a = skipped\ntest 2 = skipped\nb = xfailed\nc = xpassed\n"
		"d = failed\ne # SKIP = passed\nf = passed 12500\n");
	expect_told("1..0 # SKIP all of it\n", "");
}

/* As node writes it. */
TEST(subtests)
{
	expect_told("TAP version 13\n# Subtest: a\n    # Subtest: b\n"
		    "    not ok 1 - b\n      ---\n      duration_ms: 1.5\n"
		    "      error: |-\n        ok 9 - no point\n      ...\n"
		    "    ok 2 - c\n    1..2\nnot ok 1 - a\n  ---\n"
		    "  duration_ms: 9\n  type: 'suite'\n  ...\n"
		    "ok 2 - d\n  ---\n  duration_ms: 2\n  ...\n1..2\n"
		    "# tests 3\n",
		"a::b = failed 1500\na::c = passed\nd = passed 2000\n");
	/* Nobody below is to blame. */
	expect_told("    ok 1 - b\n    1..2\nnot ok 1 - a\n1..1\n",
		"a::b = passed\na = failed\n");
	expect_told("        ok 1 - c\n        1..1\n    ok 1 - b\n    1..1\n"
		    "ok 1 - a\n1..1\n",
		"a::b::c = passed\n");
}

/* As Test2 and vitest write it. */
TEST(braces)
{
	expect_told("1..2\nok 1 - a # time=3ms {\n    1..2\n    ok 1 - b\n"
		    "    ok 2 - c {\n        ok 1 - d\n        1..1\n    }\n"
		    "}\nok 2 - e\n",
		"a::b = passed\na::c::d = passed\ne = passed\n");
	expect_told("1..1\nnot ok 1 - a {\n    ok 1 - b\n",
		"a::b = passed\na = failed\n");
}

/* As vitest indents them: what is inside is no point of a subtest. */
TEST(blocks_indented_more)
{
	expect_told("1..2\nnot ok 1 - a\n    ---\n    error: |\n"
		    "    not ok 1 - no point\n    duration_ms: 2\n    ...\n"
		    "ok 2 - b\n",
		"a = failed 2000\nb = passed\n");
}

TEST(one_name_for_several)
{
	expect_told("ok 1 - a\nnot ok 2 - a\nok 3 - a\n1..3\n", "a = failed\n");
}

TEST(refused)
{
	expect_refused("", "TAP report 'r' has no plan, a line '1..N': it is "
			   "cut short, or no TAP");
	expect_refused("ok 1\n", "TAP report 'r' has no plan, a line '1..N': "
				 "it is cut short, or no TAP");
	expect_refused("1..3\nok 1\nnot ok 2\n",
		"TAP report 'r' is cut short: 3 tests were planned, and it "
		"tells of 2");
	expect_refused("1..1\nok 1\n  ---\n  x: 1\nok 2\n1..2\n",
		"TAP report 'r' ends inside a block of diagnostics");
	expect_refused("1..2\nok 1\nBail out! no room\n",
		"TAP report 'r': the run bailed out in line 3");
	expect_refused("1..1\nok 1\n1..1\nok 1\n",
		"TAP report 'r': a second plan, as if two runs had written the "
		"file, in line 3");
	expect_refused("TAP version 15\n1..0\n",
		"TAP report 'r': a version that is newer than 14 in line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points),
		cmocka_unit_test(directives),
		cmocka_unit_test(subtests),
		cmocka_unit_test(braces),
		cmocka_unit_test(blocks_indented_more),
		cmocka_unit_test(one_name_for_several),
		cmocka_unit_test(refused),
	};

	return RUN_TESTS(tests);
}
