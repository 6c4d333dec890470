# SPDX-License-Identifier: MIT
"""A test that ends both ways while nothing that it depends on changed."""

import json

import pytest

from helpers import warm_test as test
from outside import outside

SUITE = {
    "test_either": """\
        from asking import ask
        def test_either():
            assert ask("either") == "good"
        """,
    "test_steady": """\
        def test_steady():
            assert open("data.txt").read() != "bad"
        """,
}
EITHER = "pytest/test_either.py::test_either"
KNOWN = ("ftrace: flaky, as it passed and failed with nothing changed: "
         "test_either.py::test_either")


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.write("data.txt", "good")
    project.env["PYTHONPATH"] = "."
    with outside(project) as answers:
        project.answers = answers
        answers["either"] = ["good"]
        test(project)
        yield project


def flaky(project, *args, code=0):
    result = project.ftrace("flaky", *args)
    assert result.code == code, result
    return result


def known(project):
    return flaky(project, "list").out.splitlines()


def make_flaky(suite):
    suite.answers["either"] = ["bad", "good"]
    return test(suite, "--full", "--retries", "1")


def test_found_between_runs(suite):
    suite.answers["either"] = ["bad"]
    result = test(suite, "--full", "--retries", "0", code=1)
    # Alone it fails again: it was not selected, so it escaped.
    assert "escape: test_either.py" in result.err
    assert not known(suite)
    suite.answers["either"] = ["good"]
    result = test(suite)
    assert KNOWN in result.err
    assert known(suite) == [EITHER]


def test_not_flaky_in_another_folder(suite):
    """It finds its data only where it was written for."""
    suite.write("sub/x.txt")
    sub = suite.root / "sub"
    root = ("--rootdir", "..", "..")
    result = test(suite, pytest=root, cwd=sub, code=1)
    assert "FileNotFoundError" in result.out and "flaky" not in result.err
    result = test(suite)
    assert "2 passed" in result.out or "1 passed" in result.out
    assert "flaky" not in result.err and known(suite) == []
    # Where it ran before it is, as anywhere else.
    (sub / "data.txt").write_text("good")
    test(suite, "--full", pytest=root, cwd=sub)
    suite.answers["either"] = ["bad"]
    test(suite, "--full", pytest=root, cwd=sub, code=1)
    suite.answers["either"] = ["good"]
    assert KNOWN in test(suite, pytest=root, cwd=sub).err


def test_not_flaky_when_something_changed(suite):
    suite.write("data.txt", "bad")
    assert "flaky" not in test(suite, code=1).err
    suite.write("data.txt", "better")
    assert "flaky" not in test(suite).err
    assert not known(suite)


def test_selected_whatever_changed_and_counted(suite):
    assert KNOWN in make_flaky(suite).err
    assert suite.affected() == ["test_either.py::test_either"]
    assert suite.reasons()["test_either.py::test_either"][0]["what"] == "flaky"
    assert "1 passed" in test(suite).out
    suite.answers["either"] = ["bad"]
    assert KNOWN not in test(suite, code=1).err
    it, = suite.json("flaky", "list")["flaky"]
    assert (it["passed"], it["failed"]) == (2, 2)
    assert it["since"] <= it["latest"]
    audit = flaky(suite, "audit")
    assert audit.out.splitlines()[0].endswith("known to be flaky")
    assert audit.out.splitlines()[1] == (
        "days known  days since run  runs  failed  unit")
    assert audit.out.splitlines()[2].split() == [
        "0", "0", "4", "50", "%", EITHER]


def test_retries_tell_flaky_from_broken(suite):
    suite.write("data.txt", "bad")
    suite.answers["either"] = ["bad", "good"]
    result = test(suite, "--full", "--retries", "3", code=1)
    assert result.err.count("run again, ") == 3
    assert "2 tests failed; run again, 1 of 3" in result.err
    assert "1 test failed; run again, 3 of 3" in result.err
    assert known(suite) == [EITHER]


def test_no_retry_of_what_did_not_begin(suite):
    suite.write("test_steady.py", "this is no Python\n")
    result = test(suite, "--retries", "2", code=2)
    assert "run again" not in result.err


def test_command_is_run_again(suite):
    suite.answers["either"] = ["bad", "good"]
    result = suite.ftrace("test", "--retries", "1", "--", suite.python,
                          "asking.py", "either")
    assert result.code == 0, result
    assert known(suite) == ["command/%s asking.py either" % suite.python]


def test_warm_failure_that_passes_in_the_full_run(suite):
    suite.write("asking.py", (suite.root / "asking.py").read_text() + "\n")
    suite.edit("asking.py", "import os, socket", "import os, socket, sys")
    suite.answers["either"] = ["bad"]
    test(suite, code=1)
    suite.answers["either"] = ["good"]
    assert KNOWN in test(suite, "--full").err


def test_list_is_kept_in_step(suite):
    path = suite.root / "ci" / "flaky_tests.json"
    make_flaky(suite)
    assert not path.exists()
    flaky(suite, "export")
    lines = path.read_text().splitlines()
    day = json.loads(path.read_text())["flaky"][EITHER]
    assert '"%s": "%s",' % (EITHER, day) in lines
    # It may lie elsewhere, and be others' to write.
    place = path.rename(path.parent / "kept.json")
    place.chmod(0o664)
    path.symlink_to("kept.json")
    flaky(suite, "add", "pytest/test_steady.py::test_steady")
    found = list(json.loads(path.read_text())["flaky"])
    assert found == sorted(found) and len(found) == 3
    # What a colleague takes out or adds holds here.
    path.write_text("\n".join(line for line in path.read_text().split("\n")
                              if "test_either" not in line))
    assert known(suite) == ["pytest/test_steady.py::test_steady"]
    assert suite.affected("-q") == ["test_steady.py::test_steady"]
    flaky(suite, "remove", "pytest/test_steady.py::test_steady")
    assert list(json.loads(path.read_text())["flaky"]) == ["~"]
    make_flaky(suite)
    assert EITHER in path.read_text()
    assert path.is_symlink() and place.stat().st_mode & 0o777 == 0o664


def test_tests_are_named_as_they_are_printed(suite):
    suite.write("sub/test_deep.py", "def test_deep():\n    pass\n")
    test(suite)
    plain = "sub/test_deep.py::test_deep"
    for name in (plain, "pytest/" + plain):
        flaky(suite, "add", name)
        assert known(suite) == ["pytest/" + plain]
        flaky(suite, "remove", plain)
        assert known(suite) == []


def test_lists_merge_line_by_line(suite):
    make_flaky(suite)
    text = flaky(suite, "export", "-").out
    line = next(each for each in text.splitlines() if EITHER in each)
    merged = text.replace(line, "\n".join(
        line.replace("either.py", name) for name in ("a.py", "b.py", "z.py")))
    suite.write("other.json", merged)
    flaky(suite, "import", "other.json")
    assert len(known(suite)) == 4
    flaky(suite, "import", "other.json")
    assert len(known(suite)) == 4


def test_no_more_than_200(suite):
    old = {"pytest/test_%03d.py::test" % i: "2026-01-%02d" % (i % 28 + 1)
           for i in range(200)}
    suite.write("old.json", json.dumps({"version": 1, "flaky": old}))
    flaky(suite, "import", "old.json")
    result = make_flaky(suite)
    assert ("ftrace: no longer listed as flaky, as there are too many: "
            "test_000.py::test") in result.err
    names = known(suite)
    assert len(names) == 200
    assert EITHER in names and "pytest/test_000.py::test" not in names
    assert "more than 2 % of the units" in flaky(suite, "audit").err
    flaky(suite, "add", "pytest/test_steady.py::test_steady", code=3)


BAD_LISTS = {
    "<<<<<<< HEAD\n{}": "no JSON from line 1 on",
    '{\n"version": 1,\n"flaky": {\n"a": 1,,\n': "no JSON from line 4 on",
    "{}": 'no "version"',
    '{"version": 2, "flaky": {}}': "of version 2",
    '{"version": 1, "flaky": {"x": "2026-01-01"}}': '"x" is no "runner/id"',
    '{"version": 1, "flaky": {"x/y": "soon"}}': '"x/y" is no "runner/id"',
}


def test_bad_list(suite):
    make_flaky(suite)
    for text, said in BAD_LISTS.items():
        suite.write("ci/flaky_tests.json", text)
        result = flaky(suite, "list", code=3)
        assert said in result.err and "flaky_tests.json'" in result.err
        assert len(result.err.splitlines()) == 1
        # What the map knows is run all the same, and the list is left alone.
        affected = suite.ftrace("affected")
        assert said in affected.err
        assert affected.out == "test_either.py::test_either\n"
    assert said in test(suite).err
    assert (suite.root / "ci/flaky_tests.json").read_text() == text


def test_bad_arguments(suite):
    for args, code, said in (
            ((), 2, "say what to do"),
            (("ad",), 2, "unknown action 'ad'"),
            (("add",), 2, "'add' needs a test"),
            (("import",), 2, "'import' needs a file"),
            (("list", "x"), 2, "unexpected argument 'x'"),
            (("add", "test_steady.py"), 3, "holds no unit 'test_steady.py'"),
            (("add", "pytest/none.py::test"), 3, "the map holds no unit"),
            (("remove", "pytest/none.py::test"), 3, "is not known to be flaky"),
            (("import", "nowhere.json"), 3, "cannot read 'nowhere.json'")):
        assert said in flaky(suite, *args, code=code).err


@pytest.mark.parametrize("value", ["-1", "x", "", "1000"])
def test_bad_number_of_retries(project, value):
    result = project.ftrace("test", "--retries", value, "--", "true")
    assert result.code == 2 and "--retries" in result.err
