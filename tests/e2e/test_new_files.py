# SPDX-License-Identifier: MIT
"""Which files with tests are new: those that no run has looked at as such.

That somebody read them, asked for them or passed them by is something else.
"""

import subprocess
import time

import pytest

from helpers import FTRACE, PYTHON, environment
from test_versions import installed

HOOKS = "def pytest_collection_modifyitems(items):\n    pass\n"
RUN = ("-m", "pytest", "-q", "-p", "no:cacheprovider")


@pytest.fixture(params=["pytest 7", "pytest 8"])
def suite(project, request):
    project.files(conftest=HOOKS, tests__test_a="def test_a():\n    pass\n",
                  tests__test_b="def test_b():\n    pass\n",
                  tests__plain="def test_no():\n    assert 0\n")
    if request.param == "pytest 8":
        project.python = installed("venv-pytest-8", PYTHON, "pytest==8.3.3")
    return project


def whole(project, *more, code=0):
    result = project.ftrace("test", "--", project.python, *RUN, *more)
    assert result.code == code, result
    return result


def part(project, *more, code=0):
    assert project.run(project.python, *RUN, *more).code == code


def write_new(project, name="tests/test_new.py"):
    project.write(name, "def test_new():\n    assert 0\n")
    return name


@pytest.mark.parametrize("asked", [
    ["tests/test_a.py::test_a"], ["tests/test_a.py"],
    ["-o", "python_files=test_b.py"]], ids=" ".join)
def test_hooks_that_see_the_files_make_none_known(suite, asked):
    whole(suite)
    new = write_new(suite)
    assert suite.affected() == [new]
    part(suite, *asked)
    assert suite.affected() == [new]
    assert "1 failed" in whole(suite, code=1).out


def test_one_that_is_read_is_not_known(suite):
    """A test that looks through all the others, say."""
    suite.write("tests/test_a.py", """\
        import pathlib
        def test_a():
            for path in pathlib.Path(__file__).parent.glob("test_*.py"):
                assert path.read_text()
        """)
    whole(suite)
    new = write_new(suite)
    part(suite, "tests/test_a.py")
    assert new in suite.affected()
    assert "1 failed" in whole(suite, code=1).out


@pytest.mark.parametrize("ignored", ["test_old.py", "older"])
def test_what_is_passed_by_is_no_news(suite, ignored):
    suite.write("tests/conftest.py", "collect_ignore = [%r]\n" % ignored)
    suite.write("tests/test_old.py" if ignored == "test_old.py"
                else "tests/older/test_old.py", "no Python\n")
    whole(suite)
    assert suite.affected() == []
    new = write_new(suite)
    assert suite.affected() == [new]
    assert "1 new" in whole(suite, code=1).err
    # Until discovery may come to another end.
    suite.write("tests/conftest.py", "")
    assert "1 error" in whole(suite, code=2).out


@pytest.mark.parametrize("settings", [
    ("conftest.py", 0, "collect_ignore_glob = ['*_old.py']\n"),
    ("conftest.py", 0, "collect_ignore = ['tests/older']\n"),
    ("conftest.py", 0, """\
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path):
    return True if str(collection_path).endswith("_old.py") else None
"""),
    ("pytest.ini", 2, "[pytest]\npython_files = test_?.py\n"),
    ("pytest.ini", 0, "[pytest]\nnorecursedirs = older\n")],
    ids=["glob", "folder", "hook", "python_files", "norecursedirs"])
def test_one_that_is_ignored_is_not_run(suite, settings):
    """Though it is selected by its name, which pytest takes for a wish."""
    name, others_end_with, text = settings
    suite.write(name, text)
    # As the map has it where somebody else found them.
    whole(suite, "-o", "python_files=test_*.py")
    whole(suite)
    suite.write("tests/older/test_old.py", "no Python\n")
    assert "1 new" in whole(suite).err
    assert "nothing affected: 2 tests" in whole(suite).err
    # Others may look at it: they run as a whole.
    assert "no complete run of this command" in whole(
        suite, "-o", "python_files=test_*.py", code=others_end_with).err


@pytest.mark.parametrize("pattern", ["tests/test_*.py", "*s/test_*.py"])
def test_a_pattern_may_be_of_the_path(suite, pattern):
    suite.write("pytest.ini", "[pytest]\npython_files = %s\n" % pattern)
    whole(suite)
    write_new(suite, "test_new.py")
    assert suite.affected() == []
    new = write_new(suite)
    assert suite.affected() == [new]
    assert "1 failed" in whole(suite, code=1).out


@pytest.mark.parametrize("settings", [
    ["-c", "/dev/null", "--rootdir=.", "tests"],
    ["-o", "python_classes=No"], ["-o", "python_functions=no_*"],
    ["-p", "no:unittest"]], ids=" ".join)
def test_other_settings_make_no_test_go(suite, settings):
    suite.write("pytest.ini", "[pytest]\npython_classes = *Suite Test*\n")
    suite.write("tests/test_c.py", """\
        import unittest
        class MySuite:
            def test_in(self):
                pass
        class TestCase(unittest.TestCase):
            def test_in(self):
                pass
        """)
    whole(suite)
    before = suite.units()
    assert len(before) == 4
    assert suite.run(suite.python, *RUN, *settings).code in (0, 5)
    assert set(suite.units()) >= set(before)


def test_one_comes_back_to_who_always_leaves_others_out(suite):
    """What it had been is what the directory has again."""
    write_new(suite, "tests/slow/test_slow.py")
    command = "--ignore=tests/slow"
    whole(suite, command)
    assert suite.affected() == []
    text = (suite.root / "tests/test_a.py").read_text()
    (suite.root / "tests/test_a.py").unlink()
    part(suite, command)
    assert list(suite.units()) == ["tests/test_b.py::test_b"]
    assert "nothing affected: 1 test" in whole(suite, command).err
    suite.write("tests/test_a.py", text)
    assert suite.affected() == ["tests/test_a.py"]
    assert "and 1 new" in whole(suite, command).err
    assert "nothing affected: 2 tests" in whole(suite, command).err
    assert suite.affected() == []


def test_one_that_comes_while_tests_run_is_new(suite):
    """Tests write beside it, too, so that the directory tells nothing."""
    suite.write("tests/test_a.py", """\
        import os, time
        def test_a():
            if os.environ.get("WAIT"):
                open("tests/begun", "w").close()
                while not os.path.exists("tests/done"):
                    time.sleep(0.01)
        """)
    with subprocess.Popen(
            [FTRACE, "test", "--", suite.python, *RUN], cwd=suite.root,
            stdout=subprocess.DEVNULL, env=environment(WAIT="1")) as child:
        while child.poll() is None and not (
                suite.root / "tests/begun").exists():
            time.sleep(0.01)
        new = write_new(suite)
        suite.write("tests/done")
    assert child.returncode == 0
    suite.env["WAIT"] = "1"
    assert new in suite.affected()
    assert "1 failed" in whole(suite, code=1).out


@pytest.mark.parametrize("place", ["tests", "tests/made"])
def test_one_that_a_test_writes_is_new(suite, place):
    suite.write("tests/test_a.py", """\
        import os
        def test_a():
            os.makedirs(%r, exist_ok=True)
            with open(%r, "w") as out:
                out.write("def test_made(): assert 0")
        """ % (place, place + "/test_made.py"))
    whole(suite)
    assert place + "/test_made.py" in suite.affected()
    assert "1 failed" in whole(suite, code=1).out


def test_what_each_run_writes_and_discovery_passes_by_is_no_news(suite):
    suite.write("pytest.ini", "[pytest]\nnorecursedirs = out\n")
    suite.write("tests/out/kept.txt")
    suite.write("tests/test_a.py", """\
        import os
        def test_a():
            name = "tests/out/test_%d.py" % len(os.listdir("tests/out"))
            open(name, "w").close()
        """)
    whole(suite)
    assert "nothing affected: 2 tests" in whole(suite).err


SUITE_CLASS = """\
import unittest
def test_a():
    pass
class Other(unittest.TestCase):
    def test_in(self):
        assert 0
"""
DOCTEST = 'def test_a():\n    """\n    >>> 1\n    2\n    """\n'


@pytest.mark.parametrize("less, more, text", [
    (["-p", "no:unittest"], [], SUITE_CLASS),
    (["-o", "python_functions=none"], [], SUITE_CLASS.replace(
        "class Other(unittest.TestCase):\n    def test_in(self):",
        "def test_in():")),
    ([], ["--doctest-modules"], DOCTEST)],
    ids=["no unittest", "functions", "doctest"])
@pytest.mark.parametrize("name", ["tests/test_a.py", "tests/test_c.py"])
def test_what_other_settings_leave_in_a_file_is_new(
        suite, less, more, text, name):
    """It is collected by who does not make all the tests of it."""
    whole(suite, *more)
    assert suite.ftrace(
        "test", "--", suite.python, *RUN, *less).code in (0, 5)
    suite.write(name, text)
    assert suite.ftrace(
        "test", "--", suite.python, *RUN, *less).code in (0, 5)
    assert "1 failed" in whole(suite, *more, code=1).out


def test_what_is_left_in_no_file_is_no_doubt(suite):
    """Who leaves files out makes all the tests of the others."""
    command = "--ignore=tests/slow"
    whole(suite)
    whole(suite, command)
    suite.write("tests/test_a.py", "def test_a():\n    pass\nX = 1\n")
    whole(suite, command)
    assert "nothing affected: 2 tests" in whole(suite).err


@pytest.mark.parametrize("name", [
    "tests/test_[x].py", "tests/[id]/test_new.py", "tests/b::c/test_new.py",
    "tests/test_b::c.py"])
def test_one_whose_name_says_other_things_to_pytest(suite, name):
    """The command runs as it is."""
    whole(suite, "tests")
    write_new(suite, name)
    suite.write("tests/test_a.py", "def test_c():\n    pass\n")
    assert "1 failed" in whole(suite, "tests", code=1).out


def test_one_below_a_link(suite):
    """It is called after the link, as those are that lie there already."""
    suite.write("real/test_c.py", "def test_c():\n    pass\n")
    (suite.root / "tests/link").symlink_to("../real")
    # Nothing comes into the directory while the tests run.
    suite.env["PYTHONDONTWRITEBYTECODE"] = "1"
    whole(suite, "tests")
    assert "nothing affected: 3 tests" in whole(suite, "tests").err
    write_new(suite, "real/test_new.py")
    assert suite.affected() == ["tests/link/test_new.py"]
    assert "1 failed" in whole(suite, "tests", code=1).out
    suite.write("real/test_new.py", "def test_new():\n    pass\n")
    whole(suite, "tests")
    assert "nothing affected: 4 tests" in whole(suite, "tests").err


def test_one_of_a_name_that_is_taken(suite):
    """pytest takes both for one module, when both are run."""
    whole(suite)
    suite.write("tests/more/test_a.py", "def test_more():\n    pass\n")
    for _ in range(2):
        result = whole(suite, code=2)
        assert "import file mismatch" in result.out
        assert "test_a.py has the name of another test file" in result.err
    suite.write("tests/more/__init__.py")
    assert "3 passed" in whole(suite).out
    # In a package it has a name of its own.
    suite.write("tests/last/__init__.py")
    suite.write("tests/last/test_a.py", "def test_last():\n    pass\n")
    assert "and 1 new" in whole(suite).err


@pytest.mark.parametrize("option", ["classes=My", "functions=my_*"])
def test_what_other_settings_do_not_find_is_not_asked_for(suite, option):
    suite.write("tests/test_a.py", """\
        class TestIn:
            def test_in(self):
                pass
        def my_own():
            assert [1]
        class My:
            def test_my(self):
                assert [2]
        """)
    more = "-o", "python_" + option
    whole(suite)
    whole(suite, *more)
    suite.edit("tests/test_a.py", "pass", "assert [3]")
    whole(suite, *more)
    assert "2 passed" in whole(suite).out
