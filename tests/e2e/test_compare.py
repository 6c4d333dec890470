# SPDX-License-Identifier: MIT
"""The reports of a warm run and a full one, compared."""

import json
import shutil
import signal
import sys

import pytest

from helpers import warm_test as test
from outside import outside

SUITE = {
    "test_asking": """\
        from asking import ask
        def test_served():
            assert ask("data.txt") == "good"
        def test_other():
            assert ask("other") == "good"
        """,
    "test_read": """\
        def test_read():
            assert open("data.txt").read() != "worst"
        """,
}
SERVED = "test_asking.py::test_served"
OTHER = "test_asking.py::test_other"
READ = "test_read.py::test_read"


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.write("data.txt", "good")
    project.env["PYTHONPATH"] = "."
    with outside(project) as answers:
        project.answers = answers
        answers["other"] = ["good"]
        test(project)
        yield project


def compare(project, *args, code=0):
    result = project.ftrace("compare", *args, "warm.json", "full.json")
    assert result.code == code, result
    return result


def warm(project, **more):
    return test(project, "--report", project.root / "warm.json", **more)


def full(project, **more):
    """In a checkout of its own with a map of its own, as CI does it."""
    copy = project.root.parent / "full"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(project.root, copy)
    return test(project, "--full", "--report", project.root / "full.json",
                cwd=copy, **more)


def test_same_in_both(suite):
    suite.write("data.txt", "better")
    suite.answers["data.txt"] = ["good"]
    warm(suite)
    full(suite)
    result = compare(suite)
    assert not result.out
    assert result.err == ("ftrace: 0 escapes, 0 unsteady, 0 failed in both\n")


def test_escape(suite):
    suite.write("data.txt", "bad")
    assert "1 passed" in warm(suite).out
    full(suite, code=1)
    result = compare(suite, code=99)
    assert result.out == (
        "escape    %s: no changed file explains it; it may depend on the "
        "order of the tests, or on something that is no file\n" % SERVED)
    assert "1 escape, 0 unsteady" in result.err
    # Learnt by the map of the warm run.
    suite.write("data.txt", "good")
    test(suite)
    suite.write("data.txt", "bad")
    assert SERVED in suite.affected()
    found, = suite.json("escapes")["escapes"]
    assert found["files"] == [{"path": "data.txt", "missing": False}]


def test_escape_in_one_place_is_one(suite):
    """The full run finds it first, when the map knows of no change."""
    suite.write("data.txt", "bad")
    warm(suite)
    result = test(suite, "--full", "--report", suite.root / "full.json",
                  code=1)
    assert "escape: " + SERVED in result.err
    compare(suite, code=99)
    found, = suite.json("escapes")["escapes"]
    assert found["files"] == [{"path": "data.txt", "missing": False}]


def test_crash_alone_is_an_escape(suite):
    """A command that a signal ends again has failed again."""
    suite.write("crash.py", """\
        import os
        from asking import ask
        if ask("data.txt") != "good":
            os.kill(os.getpid(), %d)
        """ % signal.SIGSEGV)
    run = ["test", "--report"]
    command = ["--", sys.executable, "crash.py"]
    for _ in range(2):  # The first one adds a name to the directory.
        suite.ftrace(*run, "warm.json", *command).ok()
    suite.write("data.txt", "bad")
    suite.ftrace(*run, "warm.json", *command).ok()
    copy = suite.root.parent / "full"
    shutil.copytree(suite.root, copy)
    result = suite.ftrace(*run, suite.root / "full.json", "--full", *command,
                          cwd=copy)
    assert result.code == -signal.SIGSEGV
    assert compare(suite, code=99).out.startswith("escape    ")


def test_interrupted(suite):
    """What was broken off is neither an escape nor a clean comparison."""
    suite.write("data.txt", "bad")
    warm(suite)
    full(suite, code=1)
    suite.write("conftest.py", """\
        import os, signal
        os.kill(os.getppid(), signal.SIGTERM)
        """)
    result = compare(suite, code=-signal.SIGTERM)
    assert "escape   " not in result.out
    assert "interrupted" in result.err
    assert not suite.json("escapes")["escapes"]


def test_escape_in_json_and_without_a_run(suite):
    suite.write("data.txt", "bad")
    warm(suite)
    full(suite, code=1)
    suite.write("data.txt", "good")
    # Nothing is run, so that nobody sees that it passes by now.
    result = compare(suite, "--no-rerun", "--json", code=99)
    answer = json.loads(result.out)
    assert [each["id"] for each in answer["escapes"]] == [SERVED]
    assert answer["unsteady"] == [] and answer["failed_in_both"] == 0


def test_passes_alone(suite):
    suite.write("data.txt", "other")
    suite.answers["data.txt"] = ["good"]
    warm(suite)
    # In the full run, again alone as an escape of it, and here.
    suite.answers["other"] = ["bad", "bad", "good"]
    full(suite, code=1)
    result = compare(suite)
    assert result.out == (
        "unsteady  %s: failed in the full run, passed alone\n" % OTHER)
    assert suite.ftrace("flaky", "list").out == "pytest/%s\n" % OTHER


def test_warm_failure_that_passes_in_the_full_run(suite):
    suite.edit("asking.py", "import os, socket", "import os, socket, sys")
    suite.answers["other"] = ["bad", "good"]
    warm(suite, code=1)
    full(suite)
    result = compare(suite)
    assert result.out == (
        "unsteady  %s: failed warm, passed in the full run\n" % OTHER)
    assert suite.ftrace("flaky", "list").out == "pytest/%s\n" % OTHER


def test_warm_pass_that_fails_in_the_full_run(suite):
    suite.edit("asking.py", "import os, socket", "import os, socket, sys")
    suite.answers["other"] = ["good", "bad"]
    warm(suite)
    full(suite, code=1)
    result = compare(suite)
    assert result.out == (
        "unsteady  %s: passed warm, failed in the full run\n" % OTHER)


def test_failed_in_both_and_apart(suite):
    suite.write("data.txt", "worst")
    suite.answers["data.txt"] = ["bad"]
    warm(suite, code=1)
    full(suite, code=1)
    result = compare(suite, code=99)
    assert result.out.count("\n") == 1 and "escape    " + SERVED in result.out
    assert "1 escape, 0 unsteady, 1 failed in both" in result.err


def test_new_test_that_the_warm_run_did_not_know(suite):
    warm(suite)
    suite.write("test_new.py", "def test_new():\n    assert 0\n")
    full(suite, code=1)
    result = compare(suite, code=99)
    assert "escape    test_new.py::test_new" in result.out


def test_reports_of_other_kinds(suite):
    warm(suite)
    full(suite)
    result = suite.ftrace("compare", "full.json", "warm.json")
    assert result.code == 3 and "'full.json' is the report of a full run" in (
        result.err)
    result = suite.ftrace("compare", "warm.json", "nowhere.json")
    assert result.code == 3 and "'nowhere.json'" in result.err
    text = (suite.root / "full.json").read_text()
    suite.write("full.json", text[:len(text) // 2])
    assert "'full.json'" in compare(suite, code=3).err
    suite.write("full.json", text.replace('"version":\t1', '"version":\t7'))
    assert "version" in compare(suite, code=3).err
    suite.write("full.json", text.replace("test_", "exam_"))
    assert "of different projects" in compare(suite, code=3).err


@pytest.mark.parametrize("args", [(), ("a",), ("a", "b", "c")])
def test_bad_arguments(project, args):
    result = project.ftrace("compare", *args)
    assert result.code == 2 and len(result.err.splitlines()) == 1
