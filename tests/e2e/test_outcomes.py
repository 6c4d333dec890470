# SPDX-License-Identifier: MIT
"""What commands tell of their tests, in JUnit XML and TAP."""

import json
import os
import shutil
import xml.etree.ElementTree as ElementTree

import pytest

REPORT = "out/report.json"
JUNIT = "out/junit.xml"

# A command that writes what lies in a file, and ends with what lies in another.
WRITES = ("sh", "-c", "cat told >out/told; exit $(cat code)")


@pytest.fixture
def project(project):
    (project.root / "out").mkdir()
    return project


def test(project, options, command=WRITES, code=0):
    result = project.ftrace("test", "--runner", "none", "--report", REPORT,
                            *options, "--", *command)
    assert result.code == code, result
    return result


test.__test__ = False


def report(project):
    return json.loads((project.root / REPORT).read_text())


def cases(project, member="outcome"):
    """Of all units; those that have it."""
    return {unit["part"]: unit.get(member) for unit in report(project)["units"]
            if "part" in unit}


def unit(project):
    found = [each for each in report(project)["units"] if "part" not in each]
    assert len(found) == 1
    return found[0]


def junit(*tests):
    return "<testsuite>%s</testsuite>\n" % "".join(
        "<testcase classname='c' name='%s'>%s</testcase>" % (
            name, "<%s/>" % what if what else "") for name, what in tests)


def tells(project, text, code=0):
    project.write("told", text)
    project.write("code", "%d\n" % code)


# What is made of it.

@pytest.mark.smoke
def test_cases_are_reported(project):
    tells(project, junit(("a", ""), ("b", "skipped")))
    test(project, ["--junit", "out/told"])
    assert cases(project) == {"c::a": "passed", "c::b": "skipped"}
    assert cases(project, "before") == {"c::a": None, "c::b": None}
    assert report(project)["totals"]["cases"] == 2
    assert report(project)["totals"]["case_outcomes"] == {
        "passed": 1, "skipped": 1}
    hit = test(project, ["--junit", "out/told"])
    assert "nothing affected" in hit.err
    assert cases(project) == {"c::a": "passed", "c::b": "skipped"}
    assert not any(cases(project, "ran").values())
    tells(project, junit(("a", "failure"), ("d", "")), 3)
    test(project, ["--junit", "out/told"], code=3)
    assert cases(project) == {"c::a": "failed", "c::d": "passed"}
    assert cases(project, "before") == {"c::a": "passed", "c::d": None}
    assert cases(project, "state") == {"c::a": "stale", "c::d": "miss"}
    assert unit(project)["outcome"] == "failed"


def test_a_case_that_failed_is_run_until_it_passes(project):
    """Though the command says that all is well."""
    tells(project, junit(("a", "error")))
    for _ in range(2):
        test(project, ["--junit", "out/told"])
        assert unit(project)["outcome"] == "failed"
        assert unit(project)["ran"]
    tells(project, junit(("a", "")))
    test(project, ["--junit", "out/told"])
    assert unit(project)["outcome"] == "passed"
    test(project, ["--junit", "out/told"])
    assert not unit(project)["ran"]


def test_attempts_of_the_runner(project):
    tells(project, junit(("a", "flakyFailure"), ("b", "")))
    test(project, ["--junit", "out/told", "--junit-out", JUNIT])
    assert cases(project, "attempts") == {"c::a": ["failed"], "c::b": None}
    tree = ElementTree.parse(project.root / JUNIT)
    assert [each.get("name") for each in tree.iter("testcase")
            if each.find("flakyFailure") is not None] == ["a"]


FLAKY = ("sh", "-c", "echo >>out/n; if [ $(wc -l <out/n) = %s ];"
         "then cat bad >out/told; exit 1; else cat good >out/told; fi")


def test_run_again(project):
    project.write("good", junit(("a", "")))
    project.write("bad", junit(("a", "failure")))
    command = (*FLAKY[:2], FLAKY[2] % 1)
    test(project, ["--junit", "out/told", "--retries", "1"], command)
    assert cases(project) == {"c::a": "passed"}
    assert cases(project, "attempts") == {"c::a": ["failed"]}
    assert unit(project)["attempts"] == ["failed"]


def test_no_case_is_flaky_where_not_all_was_seen(project):
    """What it depends on may have changed, for all that is known."""
    lingers = ("sh", "-c", "sleep 5 & echo \"1..1\n$TELLS 1 - x\" >out/told")
    project.env["TELLS"] = "not ok"
    test(project, ["--tap", "out/told"], lingers)
    project.env["TELLS"] = "ok"
    test(project, ["--tap", "out/told"], lingers)
    assert unit(project)["incomplete"]
    assert cases(project, "before") == {"x": "failed"}
    assert cases(project, "flaky") == {"x": False}


def test_a_case_that_ends_either_way_is_flaky(project):
    project.write("good", junit(("a", ""), ("b", "")))
    project.write("bad", junit(("a", "failure"), ("b", "")))
    command = (*FLAKY[:2], FLAKY[2] % 1)
    test(project, ["--junit", "out/told"], command, code=1)
    result = test(project, ["--junit", "out/told"], command)
    assert "nothing changed: %s: c::a\n" % " ".join(command) in result.err
    assert cases(project, "flaky") == {"c::a": True, "c::b": False}


def test_several_files(project):
    command = ("sh", "-c", "mkdir -p out/r; cat one >out/r/1.xml;"
               "cat two >out/r/2.xml; cat tap >out/tap; cat input")
    project.write("input", "1\n")
    project.write("out/r/old.xml", junit(("old", "failure")))
    project.write("one", junit(("a", ""), ("b", "")))
    project.write("two", junit(("b", "failure")))
    project.write("tap", "1..1\nok 1 - t\n")
    result = test(project, ["--junit", "out/r/*.xml", "--tap", "out/tap"],
                  command)
    assert cases(project) == {"c::a": "passed", "c::b": "failed",
                              "t": "passed"}
    assert "1 file is like 'out/r/*.xml', left by an earlier run" in result.err


# What is wrong with it.

@pytest.mark.parametrize("option, text, says", [
    ("--junit", "", "JUnit report 'out/told' is empty"),
    ("--junit", "<testsuite><testcase", "is cut short in line 1"),
    ("--junit", "ok 1\n1..1\n", "is not XML: syntax error in line 1"),
    ("--junit", "<html/>", "its outermost element is 'html'"),
    ("--tap", "ok 1\n", "has no plan"),
    ("--tap", "1..2\nok 1\n", "2 tests were planned, and it tells of 1"),
])
def test_of_no_use(project, option, text, says):
    tells(project, junit(("a", "")) if option == "--junit" else "1..0\n")
    test(project, [option, "out/told"])
    before = cases(project)
    tells(project, text)
    result = test(project, [option, "out/told"], code=125)
    assert says in result.err and report(project)["status"] == 125
    assert unit(project)["outcome"] is None and not cases(project)
    again = test(project, [option, "out/told"], code=125)
    assert says in again.err and unit(project)["ran"]
    # Its own failure is more.
    tells(project, text, 4)
    assert says in test(project, [option, "out/told"], code=4).err
    tells(project, junit(("a", "")) if option == "--junit" else "1..0\n")
    test(project, [option, "out/told"])
    assert cases(project) == before


def test_none_of_this_run(project):
    command = ("sh", "-c", "cat input")
    project.write("input", "1\n")
    missing = test(project, ["--junit", "out/told"], command, code=125)
    assert "cannot read 'out/told': No such file or directory; the command " \
        "should have written it" in missing.err
    project.write("out/told", junit(("a", "")))
    old = test(project, ["--junit", "out/told"], command, code=125)
    assert "'out/told' is of an earlier run" in old.err
    folder = test(project, ["--junit", "out"], ("touch", "out/x"), code=125)
    assert "'DIRECTORY/*.xml'" in folder.err


def test_a_copy_with_old_times_is_of_this_run(project):
    project.write("sample", junit(("a", "")))
    os.utime(project.root / "sample", (1e9, 1e9))
    test(project, ["--junit", "out/told"],
         ("cp", "-p", "sample", "out/told"))
    assert cases(project) == {"c::a": "passed"}


def test_tests_that_are_known_already(project):
    result = project.ftrace("test", "--junit", "x", "--", "pytest")
    assert result.code == 2
    assert "recorded one by one without a report" in result.err


@pytest.mark.parametrize("option", ["--report", "--junit-out"])
def test_standard_output_is_the_commands(project, option):
    result = project.ftrace("test", option, "-", "--", "true")
    assert result.code == 2 and "'-' is no file here" in result.err


# Real runners.

def test_ctest(project):
    project.write("CMakeLists.txt", """\
        cmake_minimum_required(VERSION 3.21)
        project(sample NONE)
        enable_testing()
        add_test(NAME good COMMAND cat ${CMAKE_SOURCE_DIR}/input)
        add_test(NAME bad COMMAND grep -q 1 ${CMAKE_SOURCE_DIR}/input)
        add_test(NAME off COMMAND false)
        set_tests_properties(off PROPERTIES DISABLED TRUE)
        """)
    project.write("input", "1\n")
    project.sh("cmake", "-S", ".", "-B", "out/build").ok()
    command = ("ctest", "--test-dir", "out/build", "--output-junit", "t.xml")
    options = ["--runner", "none", "--junit", "out/build/t.xml"]
    test(project, options, command)
    assert cases(project) == {"good": "passed", "bad": "passed",
                              "off": "skipped"}
    project.write("input", "2\n")
    test(project, options, command, code=8)
    assert cases(project) == {"good": "passed", "bad": "failed",
                              "off": "skipped"}
    assert cases(project, "before")["bad"] == "passed"


@pytest.mark.parametrize("option, kind", [
    ("--tap", "tap"), ("--junit", "junit")])
def test_node(project, option, kind):
    if not shutil.which("node"):
        pytest.skip("no node")
    project.write("a.test.js", """\
        const { test, describe, it } = require('node:test');
        const assert = require('node:assert');
        test('top', () => {});
        describe('one', () => {
            it('works', () => assert.equal(1, 1));
            it('fails', () => assert.equal(1, 2));
            it.skip('later', () => {});
            it.todo('to do', () => assert.equal(1, 2));
        });
        describe('two', () => it('works', () => {}));
        """)
    command = ("node", "--test", "--test-reporter=" + kind,
               "--test-reporter-destination=out/told", "a.test.js")
    test(project, [option, "out/told"], command, code=1)
    assert cases(project) == {
        "top": "passed", "one::works": "passed", "one::fails": "failed",
        "one::later": "skipped", "one::to do": "xfailed",
        "two::works": "passed"}


def test_pytest_as_a_command(project):
    project.write("test_a.py", """\
        import pytest
        def test_good():
            pass
        @pytest.mark.parametrize("text", ["<&>", "a::b", "\\x00"])
        def test_each(text):
            assert text != "a::b"
        @pytest.mark.xfail
        def test_expected():
            assert False
        @pytest.fixture
        def broken():
            raise OSError
        def test_error(broken):
            pass
        """)
    test(project, ["--junit", "out/told"],
         (project.python, "-m", "pytest", "-q", "-p", "no:cacheprovider",
          "--junitxml=out/told"), code=1)
    assert cases(project) == {
        "test_a::test_good": "passed", "test_a::test_each[<&>]": "passed",
        "test_a::test_each[a::b]": "failed",
        "test_a::test_each[\\x00]": "passed",
        "test_a::test_expected": "xfailed", "test_a::test_error": "error"}


def test_perl(project):
    if not shutil.which("prove"):
        pytest.skip("no prove")
    project.write("t/a.t", """\
        use Test::More tests => 4;
        ok(1, 'good # one');
        is(1, 2, 'bad');
        subtest inner => sub { plan tests => 1; ok(1, 'deep') };
        SKIP: { skip 'no net', 1; }
        """)
    test(project, ["--tap", "out/told"],
         ("sh", "-c", "perl t/a.t >out/told 2>/dev/null"), code=1)
    assert cases(project) == {
        "good # one": "passed", "bad": "failed", "inner::deep": "passed",
        "test 4": "skipped"}


# As runners that are not here write it.

SAMPLES = {
    "surefire": ("""\
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            version="3.0" name="com.example.SumTest" time="0.05" tests="2">
          <properties><property name="a" value="b"/></properties>
          <testcase name="adds" classname="com.example.SumTest" time="0.01"/>
          <testcase name="divides" classname="com.example.SumTest">
            <error message="/ by zero" type="java.lang.ArithmeticException">
            <![CDATA[at com.example]]></error>
            <system-out>&lt;testcase&gt;</system-out>
          </testcase>
        </testsuite>
        """, {"com.example.SumTest::adds": "passed",
              "com.example.SumTest::divides": "error"}),
    "jest-junit": ("""\
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="jest tests" tests="2" failures="0" time="0.4">
          <testsuite name="sum" errors="0" failures="0" skipped="1">
            <testcase classname="sum adds" name="sum adds" time="0.002">
            </testcase>
            <testcase classname="sum later" name="sum later" time="0">
              <skipped/>
            </testcase>
          </testsuite>
        </testsuites>
        """, {"sum::sum adds": "passed", "sum::sum later": "skipped"}),
    "googletest": ("""\
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="3" failures="1" disabled="1" name="AllTests">
          <testsuite name="Sum" tests="3" failures="1" disabled="1">
            <testcase name="Adds" status="run" result="completed" time="0."
              classname="Sum" />
            <testcase name="Divides" status="run" classname="Sum">
              <failure message="a.cc:3&#x0A;no" type=""></failure>
            </testcase>
            <testcase name="DISABLED_X" status="notrun" result="suppressed"
              classname="Sum" />
          </testsuite>
        </testsuites>
        """, {"Sum::Adds": "passed", "Sum::Divides": "failed",
              "Sum::DISABLED_X": "skipped"}),
}


@pytest.mark.parametrize("runner", sorted(SAMPLES))
def test_sample(project, runner):
    text, expected = SAMPLES[runner]
    tells(project, text)
    test(project, ["--junit", "out/told"])
    assert cases(project) == expected


# For others to read.

def test_junit_for_others(project):
    project.write("lib.py", "def f():\n    return 1\n")
    project.write("sub/test_a.py", """\
        import pytest, lib
        class TestIn:
            @pytest.mark.parametrize("text", ["\\x1b<\\"&", "ü", "x/y::z"])
            def test_each(self, text):
                assert lib.f() == 1
        def test_free():
            pass
        """)
    project.env["PYTHONPATH"] = "."
    command = ("test", "--junit-out", JUNIT, "--", project.python, "-m",
               "pytest", "-q", "-p", "no:cacheprovider")
    plain = project.plain("-q", "-p", "no:cacheprovider",
                          "--junitxml=out/plain.xml").ok()
    assert plain.code == 0

    def names(name):
        return [(each.get("classname"), each.get("name")) for each in
                ElementTree.parse(project.root / name).iter("testcase")]

    project.ftrace(*command).ok()
    assert sorted(names(JUNIT)) == sorted(names("out/plain.xml"))
    project.edit("lib.py", "return 1", "return 2")
    assert project.ftrace(*command).code == 1
    root = ElementTree.parse(project.root / JUNIT).getroot()
    assert root.get("tests") == "4" and root.get("failures") == "3"
    suite = root.find("testsuite")
    assert suite.get("name") == "sub/test_a.py"
    assert suite.get("skipped") == "1" and suite.get("timestamp")
    for case in suite:
        if case.get("name") == "test_free":
            assert case.find("skipped").get("message").startswith("hit: ")
            assert case.find("failure") is None
        else:
            assert case.find("failure").get("message") == "lib.py modified"
            assert float(case.get("time")) > 0


def test_a_file_that_cannot_be_collected_has_the_name_it_has_elsewhere(
        project):
    """For a program that shows both runs it would be another test."""
    project.write("sub/test_a.py", "import nothing_of_that_name\n")
    options = ("-q", "-p", "no:cacheprovider")
    project.ftrace("test", "--junit-out", JUNIT, "--", project.python, "-m",
                   "pytest", *options)
    project.plain(*options, "--junitxml=out/plain.xml")
    told, plain = (
        [(each.get("classname"), each.get("name")) for each in
         ElementTree.parse(project.root / name).iter("testcase")]
        for name in (JUNIT, "out/plain.xml"))
    assert told == plain == [("", "sub.test_a")]


def test_junit_for_others_of_a_command(project):
    tells(project, junit(("a", ""), ("b", "failure")), 1)
    test(project, ["--junit", "out/told", "--junit-out", JUNIT], code=1)
    root = ElementTree.parse(project.root / JUNIT).getroot()
    assert [(each.get("name"), [inner.tag for inner in each])
            for each in root.iter("testcase")] == [
                ("a", []), ("b", ["failure"])]
    nowhere = project.ftrace("test", "--junit-out", "no/x", "--", "true")
    assert nowhere.code == 125 and "cannot write 'no/x'" in nowhere.err
