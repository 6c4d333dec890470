# SPDX-License-Identifier: MIT
"""`ftrace test --report`: what became of each test, for programs."""

import json

import pytest

SUITE = {
    "lib": "def f():\n    return 1\n",
    "test_lib": "import lib\ndef test_f():\n    assert lib.f() < 3\n",
    "test_other": """\
        import pytest
        def test_passes():
            pass
        @pytest.mark.skip
        def test_skipped():
            pass
        """,
}
FILE = "out/report.json"


@pytest.fixture
def suite(project):
    project.files(**SUITE)
    project.env["PYTHONPATH"] = "."
    (project.root / "out").mkdir()
    return project


def test(project, *options, code=0, command=()):
    result = project.ftrace(
        "test", *options, "--", *(command or (
            project.python, "-m", "pytest", "-q", "-p", "no:cacheprovider")))
    assert result.code == code, result
    return result


test.__test__ = False


def report(project, *options, **more):
    test(project, "--report", FILE, *options, **more)
    assert [each.name for each in (project.root / "out").iterdir()] == [
        "report.json"]
    return json.loads((project.root / FILE).read_text())


def units(answer):
    return {unit["id"]: unit for unit in answer["units"]}


def test_first_run(suite):
    answer = report(suite)
    assert answer["version"] == 1 and answer["kind"] == "ftrace-report"
    assert answer["mode"] == "warm" and answer["directory"] == "."
    assert answer["root"] == str(suite.root)
    assert answer["argv"][1:] == ["-m", "pytest", "-q", "-p",
                                  "no:cacheprovider"]
    assert answer["changed"] == [] and answer["status"] == 0
    assert answer["started"] > 1e9 and answer["duration"] > 0
    totals = answer["totals"]
    assert totals["units"] == totals["ran"] == 3 and totals["cases"] == 0
    assert totals["states"] == {"hit": 0, "stale": 0, "miss": 3, "rerun": 0}
    assert totals["outcomes"] == {"passed": 2, "skipped": 1}
    assert list(units(answer)) == sorted(units(answer))
    first = units(answer)["test_lib.py::test_f"]
    assert first["runner"] == "pytest" and first["selected"]
    assert "before" not in first and first["duration"] > 0


@pytest.mark.smoke
def test_part_of_it_is_run(suite):
    test(suite)
    suite.edit("lib.py", "return 1", "return 5")
    answer = report(suite, code=1)
    assert answer["status"] == 1 and answer["changed"] == ["lib.py"]
    assert answer["totals"]["states"] == {
        "hit": 2, "stale": 1, "miss": 0, "rerun": 0}
    assert answer["totals"]["spared"] > 0
    failed = units(answer)["test_lib.py::test_f"]
    assert failed["reason"] == "lib.py modified" and failed["changed"]
    assert failed["before"] == "passed" and failed["outcome"] == "failed"
    hit = units(answer)["test_other.py::test_passes"]
    assert hit["outcome"] == hit["before"] == "passed"
    assert not hit["ran"] and not hit["selected"] and "reason" not in hit
    suite.edit("lib.py", "return 5", "return int(1)")
    again = units(report(suite))["test_lib.py::test_f"]
    assert again["before"] == "failed" and again["outcome"] == "passed"


def test_nothing_is_run(suite):
    test(suite)
    answer = report(suite)
    assert answer["totals"]["ran"] == 0 and answer["started"] == 0
    assert answer["totals"]["states"]["hit"] == 3
    assert {unit["outcome"] for unit in answer["units"]} == {
        "passed", "skipped"}


def test_everything_is_run(suite):
    test(suite)
    answer = report(suite, "--full")
    assert answer["mode"] == "full" and answer["totals"]["ran"] == 3
    assert not any(unit["selected"] for unit in answer["units"])
    assert {unit["state"] for unit in answer["units"]} == {"hit"}


def test_a_command(project):
    (project.root / "out").mkdir()
    name = "t\udcff"
    answer = report(project, code=128 + 9, command=(
        "sh", "-c", "sh -c 'kill -9 $$'; exit $?", name))
    assert answer["status"] == 137
    assert answer["argv"][-1] == name
    assert answer["units"][0]["runner"] == "command"
    assert answer["units"][0]["outcome"] == "failed"


def test_a_command_that_is_not_there(project):
    (project.root / "out").mkdir()
    answer = report(project, code=127, command=["/nonexistent"])
    assert answer["status"] == 127 and answer["units"] == []


@pytest.mark.parametrize("name, says", [
    ("nowhere/r.json", "No such file or directory"),
    ("out", "Is a directory"),
    ("lib.py/r.json", "Not a directory"),
])
def test_it_cannot_be_written(suite, name, says):
    """Which is known before anything is run."""
    result = test(suite, "--report", name, code=125)
    assert result.out == ""
    assert result.err.endswith("cannot write '%s': %s\n" % (name, says))


def test_through_a_link_and_to_a_pipe(suite):
    (suite.root / "real.json").write_text("old")
    (suite.root / FILE).symlink_to("../real.json")
    test(suite)
    report(suite)
    assert (suite.root / FILE).is_symlink()
    assert json.loads((suite.root / "real.json").read_text())["units"]
    result = test(suite, "--report", "/dev/stdout", "-q")
    assert json.loads(result.out)["totals"]["units"] == 3


def test_it_does_not_disturb_what_lists_its_directory(project):
    (project.root / "out").mkdir()
    (project.root / FILE).write_text("")
    command = ("sh", "-c", "ls out; cat pyproject.toml")
    report(project, command=command)
    answer = report(project, command=command)
    assert answer["totals"]["states"]["hit"] == 1


def test_what_is_gone_is_not_told(suite):
    suite.edit("test_lib.py", "< 3", "< 3\ndef test_new():\n    assert 0")
    test(suite, code=1)
    suite.edit("test_lib.py", "\ndef test_new():\n    assert 0", "")
    answer = report(suite)
    assert "test_lib.py::test_new" not in units(answer)
    assert answer["totals"]["units"] == 3
    suite.edit("test_other.py", "def test_passes", "def test_other")
    answer = report(suite)
    assert sorted(units(answer)) == [
        "test_lib.py::test_f", "test_other.py::test_other",
        "test_other.py::test_skipped"]


@pytest.mark.parametrize("kind", ["data", "source"])
def test_gone_before_it_ever_ran(suite, kind):
    """Its id is not handed to pytest, which would run nothing then."""
    suite.write("test_data.py", """\
        import pathlib, pytest
        FILES = sorted(each.stem for each in pathlib.Path("d").glob("*.x"))
        @pytest.mark.parametrize("name", FILES)
        def test_each(name):
            pass
        """)
    suite.write("d/one.x")
    test(suite)
    text = (suite.root / "test_data.py").read_text()
    if kind == "data":
        suite.write("d/two.x")
    else:
        suite.write("test_data.py", text + "def test_more():\n    pass\n")
    suite.write("test_broken.py", "(\n")
    test(suite, code=2)
    (suite.root / "test_broken.py").unlink()
    if kind == "data":
        (suite.root / "d/two.x").unlink()
    else:
        suite.write("test_data.py", text)
    suite.edit("lib.py", "return 1", "return 2")
    answer = report(suite)
    assert len(units(answer)) == 4
    assert units(answer)["test_lib.py::test_f"]["ran"]
