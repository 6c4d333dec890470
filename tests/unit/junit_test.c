/* SPDX-License-Identifier: MIT */
#define READER junit_read
#include "tests/unit/told.h"

/* As pytest writes it. */
TEST(classes_and_names)
{
	expect_told(
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites>"
		"<testsuite name=\"pytest\" errors=\"1\" time=\"0.1\">"
		"<testcase classname=\"t.test_a\" name=\"test_x[1&gt;0]\""
		" time=\"0.001\"/>"
		"<testcase classname=\"t.test_a.TestB\" name=\"x\" time=\"1\">"
		"<failure message=\"no\">a &amp; <![CDATA[b]]></failure>"
		"<error message=\"tear-down\"/></testcase>"
		"<testcase classname=\"t\" name=\"s\" time=\"0.000\"><skipped"
		" type=\"pytest.skip\"/></testcase>"
		"<testcase classname=\"t\" name=\"f\"><skipped"
		" type=\"pytest.xfail\" message=\"\"/></testcase>"
		"</testsuite></testsuites>",
		"t.test_a::test_x[1>0] = passed 1000\n"
		"t.test_a.TestB::x = error 1000000\n"
		"t::s = skipped 0\n"
		"t::f = xfailed\n");
}

/* As Maven's surefire writes it, with tests that it ran again. */
TEST(run_again)
{
	expect_told(
		"<testsuite xmlns:xsi='x' name='com.foo.BarTest'>"
		"<properties><property name='a' value='b'/></properties>"
		"<testcase name='flaky' classname='com.foo.BarTest'"
		" time='1,234.5'><flakyFailure message='x'><stackTrace/>"
		"<system-out/></flakyFailure><flakyError/></testcase>"
		"<testcase name='bad' classname='com.foo.BarTest' time='0,25'>"
		"<failure/><rerunFailure><failure/></rerunFailure></testcase>"
		"</testsuite>",
		"com.foo.BarTest::flaky = passed 1234500000 x2\n"
		"com.foo.BarTest::bad = failed 250000 x1\n");
}

/* As node's own runner writes it, where every class is "test". */
TEST(suites_in_suites)
{
	expect_told("<testsuites>"
		    "<testcase name='top' classname='test'/>"
		    "<testcase name='m' classname='test'><skipped type='todo'"
		    " message='true'/><failure/></testcase><testcase name='n'"
		    " classname='test'><skipped type='todo'/></testcase>"
		    "<testsuite name='a'><testsuite name='b'>"
		    "<testcase name='works' classname='test'/></testsuite>"
		    "<testsuite><testcase name='works'/></testsuite>"
		    "</testsuite></testsuites>",
		"top = passed\nm = xfailed\nn = xpassed\na::b::works = "
		"passed\na::works = passed\n");
}

/* As CMake and googletest write it. */
TEST(status)
{
	expect_told("<testsuite name='Linux-c++' tests='3'>"
		    "<testcase name='t' classname='t' time='0.5' status='run'>"
		    "<properties/><system-out>x</system-out></testcase>"
		    "<testcase name='u' classname='u' status='fail'>"
		    "<failure message=''/></testcase>"
		    "<testcase name='v' classname='v' status='disabled'/>"
		    "<testcase name='w' classname='w' status='notrun'>"
		    "<skipped/></testcase></testsuite>",
		"t = passed 500000\nu = failed\nv = skipped\nw = skipped\n");
}

TEST(one_name_for_several)
{
	expect_told("<testsuite><testcase name='a' time='1'/>"
		    "<testcase name='a' time='2'><failure/></testcase>"
		    "<testcase name='a'><skipped/></testcase>"
		    "<testcase name='b'><skipped/></testcase>"
		    "<testcase name='b' time='nan'/></testsuite>",
		"a = failed 3000000\nb = passed\n");
}

TEST(odd_but_sound)
{
	expect_told("<testsuites/>", "");
	expect_told("<testsuite><testcase/><testcase classname='C'/>"
		    "<testcase name='' classname=''/></testsuite>",
		"unnamed = passed\nC = passed\n");
	expect_told("<testsuites><testsuite name='s'><error/><testcase "
		    "name='a' time='x'><system-out><failure/></system-out>"
		    "<testcase name='inner'/></testcase></testsuite>"
		    "</testsuites>",
		"s::(suite) = error\ns::a = passed\n");
}

TEST(refused)
{
	expect_refused("", "JUnit report 'r' is empty");
	expect_refused("<testsuite>\n<testcase",
		"JUnit report 'r' is cut short in "
		"line 2");
	expect_refused("<testsuite>\n\n<testcase name='a'/>",
		"JUnit report 'r' is cut short in line 3");
	expect_refused("ok 1\n1..1\n",
		"JUnit report 'r' is not XML: syntax error in line 1");
	expect_refused("<testsuite></testsuites>",
		"JUnit report 'r' is not XML: mismatched tag in line 1");
	expect_refused("<html><testsuite/></html>",
		"'r' is no JUnit report: its outermost element is 'html', and "
		"not 'testsuites' or 'testsuite'");
	expect_refused("<!DOCTYPE t [<!ENTITY a 'aaaa'>]><testsuite/>",
		"'r' is no JUnit report: it declares an entity, 'a'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_and_names),
		cmocka_unit_test(run_again),
		cmocka_unit_test(suites_in_suites),
		cmocka_unit_test(status),
		cmocka_unit_test(one_name_for_several),
		cmocka_unit_test(odd_but_sound),
		cmocka_unit_test(refused),
	};

	return RUN_TESTS(tests);
}
