# SPDX-License-Identifier: MIT
"""Tests named by the end of their ids, and what is said of other names."""

import pytest

from helpers import Project


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("named") / "project")
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    project.write("data.txt", "1")
    project.write("tests/test_a.py", """\
        import pytest

        def test_one():
            open("data.txt").close()

        @pytest.mark.parametrize("path", ["x", "a/b::c"])
        def test_cases(path):
            pass

        class TestIn:
            def test_same(self):
                pass

        @pytest.mark.parametrize("n", [1])
        def test_case(n):
            pass
        """)
    project.write("tests/test_b.py", """\
        def test_same():
            pass
        """)
    project.pytest().ok()
    project.ftrace("run", "-q", "-n", "test_free", "--", "true").ok()
    return project


ONE = "tests/test_a.py::test_one"


@pytest.mark.parametrize("text, unit", [
    (ONE, ONE),
    ("pytest/" + ONE, ONE),
    ("test_a.py::test_one", ONE),
    ("test_one", ONE),
    ("test_cases[x]", "tests/test_a.py::test_cases[x]"),
    ("test_cases[a/b::c]", "tests/test_a.py::test_cases[a/b::c]"),
    ("test_case", "tests/test_a.py::test_case[1]"),
    ("tests/test_a.py::test_case", "tests/test_a.py::test_case[1]"),
    ("TestIn::test_same", "tests/test_a.py::TestIn::test_same"),
    ("test_b.py::test_same", "tests/test_b.py::test_same"),
    ("test_free", "test_free"),
    ("command/test_free", "test_free"),
])
def test_short_names(named, text, unit):
    assert named.json("deps", text)["id"] == unit
    assert named.json("why", text)["id"] == unit


def test_names_from_elsewhere(named):
    below = named.root / "tests"
    assert named.json("deps", "test_a.py::test_one", cwd=below)["id"] == ONE
    assert named.json("deps", "test_one", cwd=below)["id"] == ONE


@pytest.mark.parametrize("args", [
    ["deps"], ["why"], ["flaky", "add"]])
def test_ambiguous_names(named, args):
    result = named.ftrace(*args, "test_same")
    assert result.code == 2, result
    assert result.out == ""
    line, = result.err.splitlines()
    assert "tests/test_a.py::TestIn::test_same" in line
    assert "tests/test_b.py::test_same" in line
    # Half a name is none.
    assert named.ftrace(*args, "same").code == 3


@pytest.mark.parametrize("args", [
    ["deps"], ["why"], ["flaky", "add"]])
def test_unknown_names(named, args):
    for text in ("test_onne", "test_a.py::test_onne", "tset_one"):
        result = named.ftrace(*args, text)
        assert result.code == 3, result
        line, = result.err.splitlines()
        assert ONE in line
    line, = named.ftrace(*args, "utterly/else").err.splitlines()
    assert "ftrace status --json" in line


def test_why_short_name_and_file(named):
    answer = named.json("why", "test_one", "data.txt")
    assert [chain["id"] for chain in answer["chains"]] == [ONE]
    result = named.ftrace("why", "test_one", "data.tx")
    assert result.code == 3 and "data.tx'" in result.err


def test_why_takes_a_file_before_the_end_of_a_name(project):
    project.write("dir/tool", "1")
    project.write("tool", "1")
    project.run("cat", "tool", "dir/tool").ok()
    project.ftrace("run", "-n", "my/tool", "--", "true").ok()
    assert project.json("why", "tool")["path"] == "tool"
    assert project.json("why", "my/tool")["id"] == "my/tool"


def test_flaky_takes_short_names(named):
    named.ftrace("flaky", "add", "test_one", "test_b.py::test_same").ok()
    assert named.ftrace("flaky", "list").ok().out.splitlines() == [
        "pytest/" + ONE, "pytest/tests/test_b.py::test_same"]
    # Of those that are known to be flaky the name is unique.
    named.ftrace("flaky", "remove", "test_same", "test_one").ok()
    assert named.ftrace("flaky", "list").ok().out == ""
    result = named.ftrace("flaky", "remove", "test_one")
    assert result.code == 3 and "not known to be flaky" in result.err
