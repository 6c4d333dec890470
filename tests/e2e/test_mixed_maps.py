# SPDX-License-Identifier: MIT
"""Maps that hold other runs, too, and what is forgotten of them."""

import json
import shutil

import pytest

from helpers import FTRACE

SUITE = {
    "lib": "def f():\n    return 1\n",
    "other": "def g():\n    return 1\n",
    "test_a": "import lib\ndef test_a():\n    assert lib.f()\n"
              "def test_a2():\n    pass\n",
    "test_b": "import other\ndef test_b():\n    assert other.g()\n",
}

# More runs, before or after that of all tests; P stands for pytest.
MIXTURES = {
    "none": ["run --runner none -- P -q"],
    "none, other options": ["run --runner none -- P -v -x"],
    "none of one test": ["run --runner none -- P test_a.py::test_a"],
    "none that fails": ["run --runner none -- P nothing.py"],
    "name": ["run -n NAME -- P -q"],
    "name of a part": ["run -n NAME -- P -q test_a.py"],
    "name, none": ["run -n NAME --runner none -- P -q"],
    "name of a command": ["run -n NAME -- cat lib.py"],
    "command": ["run -- cat lib.py"],
    "command that fails": ["run -- false"],
    "commands": ["run -- cat lib.py", "run -n x -- cat other.py",
                 "run -- sh -c 'cat lib.py'"],
    "make": ["run -- make test"],
    "each": ["run --each *.sh -- make test"],
    "shell": ["run -- sh -c 'P -q'"],
    "id": ["run -- P test_a.py::test_a"],
    "ids": ["run -- P test_a.py::test_a test_b.py::test_b"],
    "file": ["run -- P test_b.py"],
    "choice": ["run -- P -k a2"],
    "check": ["check"],
    "incomplete": ["run -- sh -c 'cat lib.py; sleep 5 >/dev/null 2>&1 &'"],
}


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.write("Makefile", "test:\n\tcat lib.py\n\t./x.sh\n")
    project.write("x.sh", "#!/bin/sh\ncat lib.py\n").chmod(0o755)
    project.write("ftrace.json",
                  '{"checks": {"read": {"command": "cat lib.py"}}}')
    project.env["PYTHONPATH"] = "."
    return project


def whole(project, code=0):
    result = project.ftrace("test", "--", project.python, "-m", "pytest", "-q")
    assert result.code == code, result
    return result


def mix(project, *lines):
    for line in lines:
        line = line.replace("P ", project.python + " -m pytest ")
        project.sh("sh", "-c", "'%s' %s" % (FTRACE, line))


def forget(project, *args, code=0):
    result = project.ftrace("forget", *args)
    assert result.code == code, result
    assert result.out == ""
    return result


def keys(project):
    return {unit["runner"] + "/" + unit["id"]
            for unit in project.json("status")["units"]}


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("lines", MIXTURES.values(), ids=MIXTURES)
def test_answers_as_a_clean_one(suite, lines, first):
    if first:
        mix(suite, *lines)
    whole(suite)
    if not first:
        mix(suite, *lines)
    assert suite.affected() == []
    suite.edit("lib.py", "return 1", "return 2")
    assert suite.affected() == ["test_a.py::test_a"]
    answer = suite.json("affected")
    assert answer["select"] == ["test_a.py::test_a"]
    assert answer["recorded"] == 3
    result = whole(suite)
    assert "1 of 3 tests affected" in result.err and "1 passed" in result.out
    assert suite.affected() == []
    assert suite.ftrace("affected", "--exit-code").code == 0
    assert "nothing affected" in whole(suite).err


def test_commands_beside_tests_are_told_of(suite):
    whole(suite)
    mix(suite, "run -- cat lib.py", "run -n NAME -- cat lib.py other.py")
    suite.edit("lib.py", "return 1", "return 2")
    result = suite.ftrace("affected").ok()
    assert ("2 affected commands are not printed, because they are no tests "
            "('NAME', ...); '--runner command' prints them" in result.err)
    assert suite.affected("--runner", "command") == ["NAME", "cat lib.py"]
    assert suite.ftrace("affected", "--runner", "pytest").err.count("\n") == 1
    # Without tests they are what the map is about.
    forget(suite, *[key for key in keys(suite) if key.startswith("pytest")])
    assert suite.affected() == ["NAME", "cat lib.py"]


def test_recorded_test_by_test_it_is_no_unit_any_more(suite):
    words = (suite.python, "-m", "pytest", "-q")
    suite.ftrace("run", "--runner", "none", "--", *words).ok()
    assert keys(suite) == {"command/" + " ".join(words)}
    suite.run(*words).ok()
    assert len(keys(suite)) == 3
    suite.ftrace("run", "--runner", "none", "--", *words).ok()
    suite.edit("lib.py", "return 1", "return 2")
    whole(suite)
    assert len(keys(suite)) == 3


def test_one_unit_does_not_stand_for_its_tests(suite):
    """The map knew the command, and so none of its tests was missing."""
    suite.run(suite.python, "-m", "pytest", "-q", "test_a.py").ok()
    mix(suite, "run --runner none -- P -q")
    assert "3 passed" in whole(suite).out


def test_forget(suite):
    whole(suite)
    mix(suite, "run -- cat lib.py", "run -n NAME -- cat lib.py")
    result = forget(suite, "cat lib.py")
    assert result.err == "ftrace: forgot 'cat lib.py' of command\n"
    assert "command/cat lib.py" not in keys(suite)
    forget(suite, "command/NAME")
    assert len(keys(suite)) == 3
    # What is not in the map is said, and nothing is forgotten then.
    result = forget(suite, "test_a.py::test_a", "cat lib.py", code=3)
    assert "no test or command 'cat lib.py'" in result.err
    assert len(keys(suite)) == 3
    for args in ((), ("--unused", "x")):
        forget(suite, *args, code=2)
    shutil.rmtree(suite.root / ".ftrace")
    forget(suite, "x", code=3)
    assert not (suite.root / ".ftrace").exists()


def test_a_test_that_is_there_is_new_again(suite):
    whole(suite)
    result = forget(suite, "test_a.py::test_a")
    assert "some of these test files still exist" in result.err
    suite.edit("lib.py", "return 1", "return 0")
    result = whole(suite, code=1)
    assert "no complete run" in result.err
    assert suite.units()["test_a.py::test_a"] == "failed"
    forget(suite, "test_a.py::test_a")
    suite.edit("lib.py", "return 0", "return 1")
    assert "3 passed" in whole(suite).out


def test_what_a_forgotten_build_made(project):
    """Who reads it depends on what it was made of."""
    project.write("in.txt", "1")
    project.ftrace("run", "-n", "build", "--", "cp", "in.txt", "out").ok()
    project.ftrace("run", "-n", "use", "--", "cat", "out").ok()
    forget(project, "build")
    project.edit("in.txt")
    assert project.affected() == ["use"]


def test_unused(suite):
    whole(suite)
    suite.write("ftrace.json", json.dumps({
        "test": "make test", "checks": {"read": {"command": "cat lib.py"},
                                        "more": {"command": "true"}}}))
    suite.ftrace("check").ok()
    mix(suite, "run -- make test", "run -- cat lib.py",
        "run -- cat other.py", "run -- false",
        "run --runner none -- P test_a.py")
    before = keys(suite)
    assert "forgot" in forget(suite, "--unused").err  # false
    assert before - keys(suite) == {"command/false"}
    assert forget(suite, "--unused").err == "ftrace: nothing is unused\n"
    suite.edit("lib.py", "return 1", "return 2")
    (suite.root / "test_b.py").unlink()
    text = (suite.root / "ftrace.json").read_text()
    suite.write("ftrace.json", text.replace('"more"', '"other"'))
    result = forget(suite, "--unused")
    assert sorted(result.err.splitlines()) == [
        "ftrace: forgot '%s -m pytest test_a.py' of command" % suite.python,
        "ftrace: forgot 'cat lib.py' of command",
        "ftrace: forgot 'check:more' of command",
        "ftrace: forgot 'test_b.py::test_b' of pytest"]
    assert keys(suite) == {
        "pytest/test_a.py::test_a", "pytest/test_a.py::test_a2",
        "command/check:read", "command/make test", "command/cat other.py"}
    # Of commands alone the map is about these.
    suite.write("in.txt")
    shutil.rmtree(suite.root / ".ftrace")
    mix(suite, "run -- cat in.txt")
    suite.edit("in.txt")
    forget(suite, "--unused")
    assert keys(suite) == {"command/cat in.txt"}
