/* SPDX-License-Identifier: MIT */
#define READER junit_read
#include "tests/unit/told.h"

#include "base/alloc.h"
#include "outcomes/junit_text.h"

static struct report report;

static struct result *add(const char *id, const char *part, const char *outcome)
{
	const char *runner = strstr(id, "::") ? "pytest" : "command";

	results_end(&report.results, &(struct result){.runner = (char *)runner,
					     .id = (char *)id,
					     .part = (char *)part,
					     .state = UNIT_STALE,
					     .outcome = (char *)outcome,
					     .duration = 1500});
	return results_find(&report.results, runner, id, part);
}

/* What was added is forgotten. */
static void expect_read(const char *expected)
{
	char *text = junit_text(&report);

	expect_told(text, expected);
	free(text);
	results_release(&report.results);
}

TEST(outcomes)
{
	add("t/test_a.py::TestB::test_x[a::b]", "", "passed");
	add("t/test_a.py::f", "", "failed");
	add("t/test_a.py::g", "", "error");
	add("t/test_a.py::h", "", "xfailed");
	add("t/test_a.py::i", "", "xpassed");
	add("t/test_a.py::j", "", "skipped");
	add("t/test_a.py::k", "", NULL);
	expect_read("t.test_a.TestB::test_x[a::b] = passed 1500\n"
		    "t.test_a::f = failed 1500\nt.test_a::g = error 1500\n"
		    "t.test_a::h = xfailed 1500\nt.test_a::i = passed 1500\n"
		    "t.test_a::j = skipped 1500\nt.test_a::k = error 1500\n");
}

TEST(one_that_did_not_run)
{
	struct result *hit =
		results_place(&report.results, "command", "make check", "");
	char *text;

	hit->outcome = xstrdup("passed");
	text = junit_text(&report);
	assert_non_null(strstr(text, "tests=\"1\" failures=\"0\" errors=\"0\" "
				     "skipped=\"1\" time=\"0.000000\""));
	free(text);
	expect_read("command::make check = skipped 0\n");
}

/* Neither a failure that a later run took back, nor one that none did. */
TEST(attempts_are_told)
{
	add("a.py::f", "", "failed");
	add("a.py::f", "", "failed");
	add("a.py::f", "", "passed");
	add("a.py::g", "", "error");
	add("a.py::g", "", "failed");
	expect_read("a::f = passed 1500 x2\na::g = failed 1500 x1\n");
}

TEST(cases_stand_for_their_unit)
{
	add("npm test", "", "passed");
	add("npm test", "a.b::c", "passed");
	add("npm test", "d", "skipped");
	expect_read("a.b::c = passed 1500\nnpm test::d = skipped 1500\n");
	add("npm test", "", "failed");
	add("npm test", "a", "failed");
	add("npm test", "b", "passed");
	expect_read("npm test::a = failed 1500\nnpm test::b = passed 1500\n");
	/* It failed, and no case tells why. */
	add("npm test", "", "failed");
	add("npm test", "a", "passed");
	add("npm", "", "passed");
	expect_read("command::npm = passed 1500\n"
		    "command::npm test = failed 1500\n"
		    "npm test::a = passed 1500\n");
}

TEST(what_xml_cannot_hold)
{
	add("a\"<&>'\t\n\r", "", "passed");
	add("b\x1b\x01", "", "passed");
	add("c\xff\xc3", "", "passed");
	add("d\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd\xc3\xa9", "", "passed");
	expect_read("command::a\"<&>'\t\n\r = passed 1500\n"
		    "command::b\\x1b\\x01 = passed 1500\n"
		    "command::c\\xff\\xc3 = passed 1500\n"
		    "command::d\\ufffe\\uffff\xef\xbf\xbd\xc3\xa9"
		    " = passed 1500\n");
}

TEST(nothing_at_all)
{
	expect_read("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(one_that_did_not_run),
		cmocka_unit_test(attempts_are_told),
		cmocka_unit_test(cases_stand_for_their_unit),
		cmocka_unit_test(what_xml_cannot_hold),
		cmocka_unit_test(nothing_at_all),
	};

	return RUN_TESTS(tests);
}
