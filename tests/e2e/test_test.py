# SPDX-License-Identifier: MIT
"""`ftrace test`: what is affected is run, and nothing else."""

import contextlib
import re
import sqlite3

import pytest

from helpers import call  # noqa: F401

SUITE = {
    "one": "def one():\n    return 1\n",
    "two": "def two():\n    return 2\n",
    "test_one": """\
        import pytest
        from one import one
        def test_first():
            assert one() == 1
        @pytest.mark.parametrize("n", ["a b", "[x]", "ü"])
        def test_each(n):
            assert one()
        class TestIn:
            def test_method(self):
                assert one()
        """,
    "sub__test_two": """\
        from two import two
        def test_second():
            assert two() == 2
        """,
}
NOTHING = "ftrace: nothing affected: 6 tests not run"


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.env["PYTHONPATH"] = "."
    return project


def ran(result):
    """How many tests pytest ran, by its last line."""
    line = result.out.strip().rpartition("\n")[2]
    assert " in " in line, result
    return sum(int(each.split()[0]) for each in line.split(" in ")[0].split(
        ", ") if each.split()[1] in ("passed", "failed"))


def test(project, *args, code=0, options=()):
    result = project.ftrace("test", *options, "--", project.python, "-m",
                            "pytest", "-q", "-p", "no:cacheprovider", *args)
    assert result.code == code, result
    return result


test.__test__ = False


def numbers(project, query):
    with contextlib.closing(
            sqlite3.connect(project.root / ".ftrace/map.db")) as database:
        return [row[0] for row in database.execute(query)]


@pytest.mark.smoke
def test_affected_tests_are_run(suite):
    first = test(suite)
    assert ran(first) == 6
    assert "no complete run of this command" in first.err
    again = test(suite)
    assert again.out == "" and again.err.startswith(NOTHING)
    suite.edit("one.py", "return 1", "return int(1)")
    some = test(suite)
    assert ran(some) == 5
    assert some.err.startswith("ftrace: 5 of 6 tests affected, ")
    assert test(suite).err.startswith(NOTHING)
    assert not list((suite.root / ".ftrace").glob("selection*"))


def test_the_start_of_a_runner_is_spared(suite):
    """The tests alone take far less than pytest needs to begin."""
    test(suite)
    (lasted,) = numbers(suite, "SELECT DISTINCT duration FROM command")
    line = test(suite).err
    value, unit = re.search(r", ([\d.]+) (ms|s) spared", line).groups()
    spared = float(value) * {"ms": 1e-3, "s": 1}[unit]
    assert spared == pytest.approx(lasted / 1e6, rel=0.1)
    assert spared > 2 * sum(numbers(suite, "SELECT duration FROM unit")) / 1e6
    # A run of a part is no measure of it.
    suite.edit("two.py", "return 2", "return int(2)")
    assert ran(test(suite)) == 1
    assert numbers(suite, "SELECT DISTINCT duration FROM command") == [lasted]


def test_what_fails_is_run_until_it_passes(suite):
    test(suite)
    suite.edit("two.py", "return 2", "return 33")
    assert ran(test(suite, code=1)) == 1
    assert ran(test(suite, code=1)) == 1
    suite.edit("two.py", "return 33", "return int(2)")
    assert ran(test(suite)) == 1
    assert test(suite).out == ""


def test_what_is_undone_runs_nothing(suite):
    test(suite)
    with suite.edited("two.py", "return 2", "return 33"):
        assert ran(test(suite, code=1)) == 1
    assert "nothing affected" in test(suite).err


def test_everything(suite):
    test(suite)
    assert ran(test(suite, options=["--full"])) == 6


def test_order(project):
    """Files that failed, then the quickest; in a file the order it has."""
    body = "import time, lib\n"
    for name, pause in (("b", 0.2), ("a", 0.01), ("c", 0.1)):
        project.write("test_%s.py" % name, body + "".join(
            "def test_%s():\n    time.sleep(%s)\n    assert lib.good(%r)\n"
            % (each, pause, name) for each in "zy"))
    project.write("lib.py", "def good(name):\n    return name != 'b'\n")
    project.env["PYTHONPATH"] = "."
    test(project, "-vv", code=1)
    project.edit("lib.py", "name != 'b'", "name")
    result = test(project, "-vv")
    assert [line.split(" ")[0] for line in result.out.splitlines()
            if "PASSED" in line] == [
        "test_%s.py::test_%s" % (file, each)
        for file in "bac" for each in "zy"]


def test_explained(suite):
    test(suite)
    suite.edit("two.py", "return 2", "return int(2)")
    result = test(suite, options=["--explain"])
    assert ("ftrace: sub/test_two.py::test_second: stale: two.py modified"
            in result.err)


def test_words_of_a_command_are_kept_apart(suite):
    """Its tests are not those of the words joined otherwise."""
    test(suite, "-k", "first or second")
    result = suite.ftrace("test", "--", suite.python, "-m", "pytest", "-q",
                          "-p", "no:cacheprovider", "-k", "first", "or",
                          "second")
    assert "no complete run of this command" in result.err


def test_commands_of_two_directories_are_two(project):
    """One line that runs in two places says nothing of the other one."""
    for name, text in ("a", "good"), ("b", "bad"):
        project.write(name + "/in.txt", text)
    args = "test", "--", "grep", "-q", "good", "in.txt"
    for name, code in ("a", 0), ("b", 1), ("b", 1):
        result = project.ftrace(*args, cwd=project.root / name)
        assert result.code == code, result
    assert "1 test not run" in project.ftrace(
        *args, cwd=project.root / "a").ok().err
    assert project.affected() == ["cd b && grep -q good in.txt"]


def test_a_failure_that_is_no_tests(suite):
    """A plugin is not content (with the coverage, say), whatever passed."""
    suite.write("conftest.py", """\
        import os
        def pytest_sessionfinish(session):
            if not os.environ.get("CONTENT"):
                session.exitstatus = 1
        """)
    for _ in range(2):
        assert ran(test(suite, code=1)) == 6
    suite.env["CONTENT"] = "1"
    assert ran(test(suite)) == 6
    assert NOTHING in test(suite).err
    # Nor is what was known before.
    del suite.env["CONTENT"]
    suite.edit("two.py")
    assert ran(test(suite, code=1)) == 1
    assert ran(test(suite, code=1)) == 6


def test_words_of_one_unit_are_kept_apart(project):
    """The line that they make is the unit's name, and theirs in common."""
    args = [["test", "--", "sh", "-c", *words]
            for words in (["exit 3"], ["exit", "3"])]
    for words, code in (args[1], 0), (args[0], 3), (args[1], 0):
        result = project.ftrace(*words)
        assert result.code == code
        assert "no complete run of this command" in result.err
        assert not any("flaky" in line for line in result.err.splitlines())
    assert "1 test not run" in project.ftrace(*args[1]).ok().err


@pytest.mark.parametrize("args, count", [
    (("test_one.py::TestIn", "test_one.py::test_each[[x]]", "sub"), 3),
    (("-k", "first or second", "--ignore=sub", "."), 1),
    (("--ignore-glob=*two*", "--deselect", "test_one.py::test_each"), 2),
    (("--rootdir", "sub", "sub"), 1),
])
def test_no_more_than_was_asked_for(suite, args, count):
    """Though more is affected, and known from another run."""
    assert ran(test(suite, *args)) == count
    test(suite)
    for name in ("one", "two"):
        suite.edit(name + ".py", "return ", "return int() + ")
    assert ran(test(suite, *args)) == count


def test_a_name_in_a_file_that_is_collected_anew(suite):
    test(suite, "test_one.py::test_first")
    suite.edit("test_one.py")
    assert ran(test(suite, "test_one.py::test_first")) == 1


def test_another_command_is_run_as_a_whole(suite):
    """The map may not have its tests, or know that they are there."""
    assert ran(test(suite, "test_one.py")) == 5
    assert ran(test(suite, "sub")) == 1
    assert test(suite, "sub").err.startswith("ftrace: nothing affected")
    below = suite.ftrace("test", "--", suite.python, "-m", "pytest", "-q",
                         "-p", "no:cacheprovider", "../sub",
                         cwd=suite.root / "sub",
                         env={"PYTHONPATH": str(suite.root)})
    assert ran(below) == 1


@pytest.mark.parametrize("name, text", [
    ("pytest.ini", "[pytest]\ntestpaths = sub other\n"),
    ("sub/conftest.py", "collect_ignore = []\n")])
def test_what_says_which_tests_there_are(suite, name, text):
    """A test file that is there all the time, and was not looked at."""
    suite.write("other/test_other.py", "def test_other():\n    pass\n")
    suite.write("sub/test_more.py", "def test_more():\n    pass\n")
    suite.write("pytest.ini", "[pytest]\ntestpaths = sub\n")
    suite.write("sub/conftest.py", "collect_ignore = ['test_more.py']\n")
    assert ran(test(suite)) == 1
    assert test(suite).out == ""
    suite.write(name, text)
    result = test(suite)
    assert ran(result) == 2
    assert name + " changed, and the runner used it" in result.err


def test_a_run_that_is_broken_off_is_no_whole_one(suite):
    suite.write("test_zoo.py", "1 / 0\n")
    assert test(suite, code=2).code == 2
    suite.write("test_zoo.py", "def test_zoo():\n    pass\n")
    assert ran(test(suite)) == 7


def test_a_new_test_is_no_new_file(suite):
    test(suite)
    path = suite.root / "test_one.py"
    suite.write("test_one.py", path.read_text()
                + "\n\ndef test_more():\n    pass\n")
    said = "0 of 6 tests affected, and 1 new,"
    assert said in suite.ftrace("affected").ok().err
    assert said in test(suite).err


def test_tests_that_are_new_or_gone(suite):
    test(suite)
    suite.write("test_new.py", "def test_new():\n    pass\n")
    assert ran(test(suite)) == 1
    suite.edit("test_new.py", "def test_new():", "def test_newer():")
    assert ran(test(suite)) == 1
    (suite.root / "test_new.py").unlink()
    assert test(suite).out == ""


def test_with_workers(suite):
    suite.with_plugins()
    suite.env["PYTHONPATH"] = "."
    test(suite, "-n", "2")
    suite.edit("one.py", "return 1", "return int(1)")
    assert ran(test(suite, "-n", "2")) == 5


def test_more_than_a_command_line_holds(project):
    project.write("lib.py", "def f():\n    return 1\n")
    project.write("test_many.py", (
        "import pytest, lib\n"
        "@pytest.mark.parametrize('x', ['%%03500d' %% n"
        " for n in range(%d)])\n"
        "def test_it(x):\n    assert lib.f()\n") % 700)
    project.env["PYTHONPATH"] = "."
    assert ran(test(project)) == 700
    project.edit("lib.py", "return 1", "return 2")
    assert ran(test(project)) == 700


def test_a_command_is_one_unit(project):
    project.write("input", "1\n")
    command = ("test", "--", "sh", "-c", "cat input; echo >>ran; exit $(("
               "$(cat code) ))")
    project.write("code", "0\n")
    assert project.ftrace(*command).ok().out == "1\n"
    result = project.ftrace(*command).ok()
    assert result.out == "" and "nothing affected: 1 test not" in result.err
    project.write("input", "2\n")
    assert project.ftrace(*command).ok().out == "2\n"
    project.write("code", "3\n")
    for _ in range(2):
        assert project.ftrace(*command).code == 3
    assert (project.root / "ran").read_text() == "\n" * 4


@pytest.mark.parametrize("args, code, says", [
    ((), 2, "no command given"),
    (("--runner", "nose", "--", "x"), 2, "unknown runner 'nose'"),
    (("--", "/nonexistent"), 127, "cannot run '/nonexistent'"),
])
def test_bad_input(project, args, code, says):
    result = project.ftrace("test", *args)
    assert result.code == code and says in result.err, result
    assert result.err.count("\n") <= 2


def test_a_map_that_cannot_be_read(suite):
    test(suite)
    (suite.root / ".ftrace/map.db").write_bytes(b"x" * 5000)
    result = test(suite)
    assert ran(result) == 6
    assert "map.db" in result.err
    assert "no complete run of this command" in result.err
