# SPDX-License-Identifier: MIT
"""What is as it was before runs nothing twice; and maps that are merged."""

import json
import shutil

import pytest

from git_project import SUITE, commit, git
from test_check import check, counted, runs, states

OPTIONS = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
OTHER = {
    # A function, what loading does, a file of tests more and one less.
    "pkg/one.py": "SIZE = 2\ndef one():\n    return SIZE * 1\n",
    "tests/test_one.py": "from pkg import one\ndef test_renamed():\n"
                         "    assert one.one() == 2\n",
    "tests/test_more.py": "def test_more():\n    assert True\n",
    "conftest.py": "LEFT = 1\n",
}


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.write("data/x.txt", "x\n")
    project.env["PYTHONPATH"] = "."
    git(project, "init", "-q", "-b", "one")
    commit(project)
    git(project, "checkout", "-q", "-b", "two")
    for path, text in OTHER.items():
        project.write(path, text)
    (project.root / "tests" / "test_two.py").unlink()
    commit(project)
    git(project, "checkout", "-q", "one")
    return project


def test(project):
    return project.ftrace("test", "--", project.python, *OPTIONS).ok()


test.__test__ = False


def test_another_branch_and_back(suite):
    test(suite)
    git(suite, "checkout", "-q", "two")
    test(suite)
    there = suite.units()
    for branch in "one", "two", "one":
        git(suite, "checkout", "-q", branch)
        assert suite.affected() == [], branch
        assert "nothing affected" in test(suite).err
    assert "tests/test_one.py::test_one" in suite.units()
    assert "tests/test_one.py::test_renamed" in there
    why = suite.ftrace("why", "tests/test_two.py::test_two").ok().out
    assert "hit: all it depends on is again as it was until 2" in why
    former = json.loads(suite.ftrace("status", "--json").ok().out)["former"]
    assert former["units"] and sum(former["recalled"].values()) > 10
    # What is edited from here on selects what depends on it.
    suite.write("pkg/one.py", "SIZE = 1\ndef one():\n    return SIZE + 1\n")
    assert {unit.rpartition(":")[2] for unit in suite.affected()} == {
        "test_one", "test_two"}


def test_what_only_the_other_branch_has(suite):
    """A test that no run has met is run, whatever comes back."""
    test(suite)
    git(suite, "checkout", "-q", "two")
    test(suite)
    git(suite, "checkout", "-q", "one")
    suite.write("tests/test_new.py", "def test_new():\n    assert True\n")
    suite.edit("tests/test_two.py", "def test_two", "def test_two_new")
    result = test(suite)
    assert "test_two_new" in " ".join(suite.units())
    assert "tests/test_new.py::test_new" in suite.units(), result


def test_nothing_is_remembered(suite):
    suite.write("ftrace.json", '{"keep": {"results": 1}}')
    test(suite)
    git(suite, "checkout", "-q", "two")
    test(suite)
    git(suite, "checkout", "-q", "one")
    assert "nothing affected" not in test(suite).err


def test_checks(project):
    """With a cache of its own, and what it makes for others."""
    make = counted(project, "make", "rm -f b.txt; cp a.txt b.txt")
    project.write("ftrace.json", json.dumps({"checks": {
        "plain": {"command": counted(project, "plain", "cat a.txt")},
        "cache": {"command": counted(project, "cache",
                                     "cat a.txt > /dev/null; date > c.txt")},
        "make": {"command": make, "phase": "fast"},
        "use": {"command": counted(project, "use", "cat b.txt")}}}))
    for text in "one", "two", "one", "two", "one":
        project.write("a.txt", text)
        answer = check(project)
    assert states(answer) == {"plain": "hit", "cache": "hit",
                              "make": "stale", "use": "hit"}
    # The file that is there was made of the other text.
    assert (project.root / "b.txt").read_text() == "one"
    assert [runs(project, name) for name in ("plain", "cache", "use")] == [
        2, 2, 2]


def test_merged(suite):
    maps = suite.root.parent
    for shard in "test_one.py", "test_two.py":
        suite.ftrace("run", "--", suite.python, *OPTIONS,
                     "tests/" + shard).ok()
        shutil.move(suite.root / ".ftrace", maps / shard)
    merged = suite.ftrace("merge", maps / "test_one.py",
                          maps / "test_two.py" / "map.db").ok()
    assert merged.err.count("2 new units, 0 results more of others") == 2
    assert suite.affected() == ["tests/test_data.py"] or (
        suite.affected() == [])
    assert len(suite.units()) == 4
    broken = maps / "broken.db"
    data = bytearray((maps / "test_one.py" / "map.db").read_bytes())
    data[5000:] = b"\xff" * (len(data) - 5000)
    broken.write_bytes(data)
    for path in broken, maps / "no.db", maps:
        refused = suite.ftrace("merge", path)
        assert refused.code == 3, refused
        assert refused.err.count("\n") == 1 and str(path) in refused.err
    assert len(suite.units()) == 4
