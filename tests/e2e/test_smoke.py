# SPDX-License-Identifier: MIT
"""What changed and affects nothing still has the smoke tests run."""


import pytest

from helpers import warm_test as test

SUITE = {
    "pytest.ini": "[pytest]\nmarkers =\n  quick: x\n",
    "lib.py": "def used():\n    return 1\n",
    "test_lib.py": """\
        import pytest
        from lib import used
        @pytest.mark.quick
        @pytest.mark.parametrize("n", [1, 2])
        def test_quick(n):
            pass
        def test_used():
            assert used()
        """,
    "test_more.py": """\
        import pytest
        @pytest.mark.quick
        class TestIn:
            def test_in(self):
                pass
        def test_more():
            pass
        """,
}
QUICK = ["test_lib.py::test_quick[1]", "test_lib.py::test_quick[2]",
         "test_more.py::TestIn::test_in"]


@pytest.fixture
def suite(project):
    for name, text in SUITE.items():
        project.write(name, text)
    project.env["PYTHONPATH"] = "."
    test(project)
    return project


def test_smoke_of_another_runner_is_still_to_come(suite):
    """That one command passed says nothing of the units of others."""
    suite.write("words.txt", "1")
    command = "test", "--", "cat", "words.txt"
    suite.ftrace(*command).ok()
    suite.write("ftrace.json", '{"smoke": ["marker:quick", "cat *"]}')
    add_function(suite)
    assert suite.ftrace(*command).ok().out == "1"
    assert suite.affected_units()[-len(QUICK):] == QUICK
    test(suite)


def add_function(project):
    """Which no test that ran can mention."""
    project.edit("lib.py", "def used", "def new_and_unused():\n    pass\n\n\n"
                 "def used")


@pytest.mark.parametrize("pattern, ids", [
    ("marker:quick", QUICK),
    ("label:quick", QUICK),
    ("test_more.py::*", ["test_more.py::TestIn::test_in",
                         "test_more.py::test_more"]),
    ("*more", ["test_more.py::test_more"]),
    ("marker:none", []),
    ("marker:parametrize", []),
    ("*nothing*", []),
])
def test_named_by(suite, pattern, ids):
    suite.write("ftrace.json", '{"smoke": ["%s"]}' % pattern)
    assert suite.affected_units() == []
    add_function(suite)
    assert suite.affected_units() == ids


def test_once_for_the_same_changes(suite):
    suite.write("ftrace.json", '// two of them\n{"smoke": ["*quick?1?", "*more"]}')
    assert "nothing affected" in test(suite).err
    add_function(suite)
    result = test(suite, "--explain")
    assert "2 passed" in result.out
    assert "test_more.py::test_more: rerun: smoke: *more" in result.err
    assert "nothing affected" in test(suite).err
    suite.edit("lib.py", "new_and_unused", "newer_and_unused")
    assert "2 passed" in test(suite).out


def test_run_again_until_they_pass(suite):
    suite.write("test_more.py", "def test_more():\n    assert open('x').read()"
                "\n")
    suite.write("x", "x")
    test(suite)
    suite.write("ftrace.json", '{"smoke": ["*more"]}')
    suite.write("x", "")
    test(suite, code=1)
    suite.write("x", "x")
    test(suite)
    add_function(suite)
    assert "1 passed" in test(suite).out
    assert "nothing affected" in test(suite).err


def test_not_when_something_is_affected(suite):
    suite.write("ftrace.json", '{"smoke": ["*more"]}')
    suite.edit("lib.py", "return 1", "return 12")
    assert suite.affected_units() == ["test_lib.py::test_used"]


def test_configuration_that_is_wrong(suite):
    suite.write("ftrace.json", '{"smokes": []}')
    add_function(suite)
    result = test(suite)
    assert "ftrace.json:1:2: " in result.err
    assert "nothing affected" in result.err


def test_checks_are_no_tests(suite):
    """One that reads all there is would have no smoke test ever run, and one
    that a pattern names would be run for ever."""
    suite.write("ftrace.json", """{"smoke": ["marker:quick", "*lint*"],
        "checks": {"lint": {"command": "cat lib.py"}}}""")
    suite.ftrace("check").ok()
    add_function(suite)
    assert suite.affected_units() == ["check:lint", *QUICK]
    suite.ftrace("check").ok()
    assert suite.affected_units() == QUICK
    test(suite)
    assert suite.affected_units() == []
