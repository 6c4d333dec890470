# SPDX-License-Identifier: MIT
"""Tests that the map has and a command does not collect.

They are neither run nor a reason to run, until something changes by which the
command looks for its tests.
"""

import pytest

from helpers import warm_test

LEAVING = {
    "testpaths": ("pyproject.toml", "testpaths = ['tests']"),
    "norecursedirs": ("pyproject.toml", "norecursedirs = ['more']"),
    "addopts": ("pyproject.toml", "addopts = '--ignore=more'"),
    "python_files": ("pyproject.toml", "python_files = ['test_a*.py']"),
    "collect_ignore": ("conftest.py", "collect_ignore = ['more']"),
    "hook": ("conftest.py", """\
def pytest_ignore_collect(collection_path):
    return True if collection_path.name == "more" else None"""),
}


@pytest.fixture
def suite(project):
    project.write("pyproject.toml",
                  "[tool.pytest.ini_options]\nminversion = '1'\n")
    project.files(conftest="", tests__test_a="def test_a():\n    pass\n",
                  more__test_b="def test_b():\n    pass\n")
    test(project)
    return project


def test(project, *args, code=0):
    return warm_test(project, pytest=args, code=code)


test.__test__ = False


def nothing(project, *args):
    return "nothing affected: 1 test not run" in test(project, *args).err


@pytest.mark.parametrize("way", LEAVING)
def test_by_settings(suite, way):
    name, line = LEAVING[way]
    before = (suite.root / name).read_text()
    suite.write(name, before + line + "\n")
    assert name + " changed" in test(suite).err
    assert nothing(suite)
    suite.edit("more/test_b.py", "pass", "assert 0")
    assert nothing(suite)
    suite.edit("tests/test_a.py", "pass", "int()")
    assert "1 of 1 test affected" in test(suite).err
    # Whoever runs it by its name has it all the same.
    assert suite.affected() == ["more/test_b.py"]
    # What leaves it out goes, and it is found again.
    suite.write(name, before)
    assert "1 failed" in test(suite, code=1).out


def test_by_the_command(suite):
    """Of two commands each has its own."""
    for args in (["tests"], ["more"]):
        assert "no complete run of this command" in test(suite, *args).err
    suite.edit("more/test_b.py", "pass", "assert 0")
    assert nothing(suite, "tests")
    assert "1 failed" in test(suite, "more", code=1).out
    suite.edit("more/test_b.py", "assert 0", "int()")
    assert "1 of 2 tests affected" in test(suite).err
    assert nothing(suite, "more")
    # A file that was renamed into it is one of its tests.
    (suite.root / "more/test_b.py").rename(suite.root / "tests/test_b.py")
    assert "1 new" in test(suite, "tests").err


def test_conftest_of_others(suite):
    """It says which tests there are, but for those who do not look there."""
    suite.write("more/conftest.py", "")
    test(suite)
    test(suite, "tests")
    suite.write("more/conftest.py", "import os\n")
    assert nothing(suite, "tests")
    assert "more/conftest.py changed" in test(suite).err


def test_conftest_that_ignores_all_that_it_has_beside_it(suite):
    """The command comes through its directory all the same."""
    suite.write("more/conftest.py", "collect_ignore = ['test_b.py']\n")
    assert "all are run" in test(suite).err
    assert nothing(suite)
    suite.edit("more/test_b.py", "pass", "assert 0")
    assert nothing(suite)
    # A file that is named is not ignored, and this run knows the directory as
    # it is now: all that depends on it is left out by the other command.
    assert "1 failed" in test(suite, "more/test_b.py", code=1).out
    assert nothing(suite)
    suite.write("more/conftest.py", "")
    assert "1 failed" in test(suite, code=1).out


def test_a_run_of_a_part_leaves_nothing_out(suite):
    """What was not asked for this time is the command's all the same."""
    suite.edit("tests/test_a.py", "pass", "int()")
    assert "1 of 2 tests affected" in test(suite).err
    suite.edit("more/test_b.py", "pass", "assert 0")
    assert "1 failed" in test(suite, code=1).out
    # Of what is chosen among the collected nothing is left, either.
    test(suite, "-k", "test_a")
    suite.edit("more/test_b.py", "def test_b", "def test_ab")
    assert "1 failed" in test(suite, "-k", "test_a", code=1).out
