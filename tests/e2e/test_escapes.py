# SPDX-License-Identifier: MIT
"""Tests that an edit breaks and that were not selected.

Such a test asks a server, which ftrace cannot see, for what a file holds.
"""

import json

import pytest

from helpers import warm_test as test
from outside import outside

SUITE = {
    "test_asking": """\
        from asking import ask
        def test_served():
            assert ask("data.txt") == "good"
        def test_led():
            name = ask("name.txt")
            if name:
                assert open(name).read().strip() == "good"
        """,
    "test_size": """\
        def test_size():
            assert open("data.txt").read()
            assert open("other.txt").read()
            open("name.txt").read()
        """,
}


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.write("data.txt", "good\n")
    project.write("other.txt", "good\n")
    project.write("name.txt", "")
    project.env["PYTHONPATH"] = "."
    with outside(project) as project.answers:
        test(project)
        yield project


def escapes(project):
    result = project.ftrace("escapes", "--json")
    assert result.code == 0, result
    return json.loads(result.out)["escapes"]


def test_a_new_file_beside_is_no_cause(suite):
    suite.write("report.json", "{}")
    suite.write("data.txt", "bad\n")
    result = test(suite, "--full", code=1)
    assert ("ftrace: escape: test_asking.py::test_served: no changed file "
            in result.err), result


def test_escape_is_found_and_taught(suite):
    suite.write("data.txt", "bad\n")
    result = test(suite, "--full", code=1)
    assert ("ftrace: escape: test_asking.py::test_served: no changed file "
            "explains it; it may depend on the order of the tests, or on "
            "something that is no file") in result.err
    assert "flaky" not in result.err
    found, = escapes(suite)
    assert found["id"] == "test_asking.py::test_served"
    assert found["files"] == [{"path": "data.txt", "missing": False}]
    listed = suite.ftrace("escapes").out.splitlines()
    assert len(listed) == 1 and "test_asking.py::test_served" in listed[0]

    # Its former results knew as little; the other test's have it all.
    suite.write("data.txt", "good\n")
    assert "1 passed" in test(suite).out
    suite.write("data.txt", "worse\n")
    result = test(suite, "--explain", code=1)
    assert ("ftrace: test_asking.py::test_served: stale: data.txt modified"
            in result.err)


def test_learnt_dependency_outlives_audits_and_runs(suite):
    suite.write("data.txt", "bad\n")
    test(suite, "--full", code=1)
    suite.write("data.txt", "good\n")
    test(suite)
    pytest_alone = ("--", suite.python, "-m", "pytest", "-q", "-p",
                    "no:cacheprovider")
    audit = suite.ftrace("audit", "-n", "9", *pytest_alone)
    assert audit.code in (0, 1), audit
    suite.ftrace("run", *pytest_alone)
    suite.write("data.txt", "bad\n")
    assert "test_asking.py::test_served" in suite.ftrace("affected").out


def test_missing_edge_is_named(suite):
    suite.write("name.txt", "other.txt\n")
    suite.write("other.txt", "bad\n")
    result = test(suite, "--full", code=1)
    assert ("ftrace: escape: test_asking.py::test_led: it uses other.txt, "
            "which the map did not know") in result.err
    found, = escapes(suite)
    assert found["files"] == [{"path": "name.txt", "missing": False},
                              {"path": "other.txt", "missing": True}]


def test_missing_edge_whose_name_is_no_text(suite):
    """What is told of it in JSON is Unicode all the same."""
    odd = suite.root / "odd \udcff"
    odd.write_text("good")
    suite.write("test_odd.py", """\
        from asking import ask
        def test_of_the_file():
            assert open("odd \\udcff").read()
        def test_led():
            if ask("name.txt"):
                assert open("odd \\udcff").read() == "good"
        """)
    test(suite)
    suite.write("name.txt", "other.txt\n")
    odd.write_text("bad")
    test(suite, "--full", code=1)
    assert "\udcff" not in suite.ftrace("escapes", "--json").out
    found, = escapes(suite)
    assert found["why"] == "it uses odd \udcff, which the map did not know"


def test_failure_that_passes_alone_is_flaky(suite):
    suite.write("test_size.py", """\
import builtins
def test_size():
    builtins.spoilt = True
    open("data.txt").read()
""")
    suite.write("test_zlast.py", """\
import builtins
def test_last():
    assert not hasattr(builtins, "spoilt")
""")
    (suite.root / "test_size.py").unlink()
    test(suite)
    suite.write("test_size.py", """\
import builtins
def test_size():
    builtins.spoilt = True
    open("data.txt").read()
""")
    assert "1 passed" in test(suite).out
    result = test(suite, "--full", code=1)
    assert "1 test passed when run alone: flaky" in result.err
    assert not escapes(suite)
    assert suite.ftrace("flaky", "list").out == (
        "pytest/test_zlast.py::test_last\n")


def test_escape_that_is_not_even_collected_alone(suite):
    """Its file is a unit of its own then, which nobody knew."""
    suite.write("test_asking.py", """\
        from asking import ask
        MODE = ask("mode.txt")
        assert MODE != "bad"
        def test_served():
            assert ask("data.txt") == "good"
        """)
    suite.write("mode.txt", "good")
    test(suite)
    suite.write("data.txt", "bad")
    suite.answers["mode.txt"] = ["good", "bad"]
    result = test(suite, "--full", code=1)
    assert "ftrace: escape: test_asking.py::test_served: " in result.err


def test_full_without_an_escape_says_nothing(suite):
    suite.write("data.txt", "better\n")
    suite.edit("test_size.py", "open(\"other.txt\").read()", "0")
    result = test(suite, "--full", code=1)
    assert "test_size.py::test_size" in result.out
    assert "escape: test_size" not in result.err
