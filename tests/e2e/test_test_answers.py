# SPDX-License-Identifier: MIT
"""What `ftrace test` tells of itself: --json, --color, --full."""

import json
import signal

import pytest

from helpers import FTRACE
from helpers import warm_test as test
from outside import outside


@pytest.fixture
def suite(project):
    project.files(
        test_one="""\
            def test_reads():
                assert open("data.txt").read() == "good"
            """,
        test_two="""\
            def test_fails():
                print("loud")
                assert not open("broken.txt").read()
            def test_plain():
                pass
            """)
    project.write("data.txt", "good")
    project.write("broken.txt", "")
    test(project)
    return project


def _answer(result):
    answer = json.loads(result.out)
    assert answer["kind"] == "ftrace-report" and answer["version"] == 1
    return answer


def test_json_is_all_of_stdout(suite):
    suite.write("broken.txt", "1")
    result = test(suite, "--json", code=1)
    answer = _answer(result)
    assert answer["status"] == 1 and answer["mode"] == "warm"
    assert answer["changed"] == ["broken.txt"]
    totals = answer["totals"]
    assert (totals["units"], totals["ran"]) == (3, 1)
    assert totals["outcomes"] == {"failed": 1}
    assert totals["states"]["hit"] == 2 and totals["spared"] > 0
    units = {unit["id"]: unit for unit in answer["units"]}
    failed = units["test_two.py::test_fails"]
    assert failed["selected"] and failed["ran"]
    assert failed["outcome"] == "failed" and "broken.txt" in failed["reason"]
    assert units["test_two.py::test_plain"]["ran"] is False
    # What the runner prints is still there to be read.
    assert "loud" in result.err and "1 failed" in result.err
    assert "1 of 3 tests affected" in result.err


def test_json_of_nothing(suite):
    result = test(suite, "--json")
    answer = _answer(result)
    assert answer["totals"]["ran"] == 0 and answer["started"] == 0
    assert {unit["ran"] for unit in answer["units"]} == {False}


def test_json_and_a_report(suite):
    result = test(suite, "--json", "--report", "report.json", "--full")
    assert json.loads((suite.root / "report.json").read_text()) == (
        _answer(result))
    assert _answer(result)["mode"] == "full"


def test_json_of_a_command(project):
    project.write("in.txt", "1")
    result = project.ftrace(
        "test", "--json", "--", "sh", "-c", "cat in.txt -; exit 3",
        stdin=b"given")
    assert result.code == 3
    answer = _answer(result)
    assert answer["status"] == 3
    assert [unit["outcome"] for unit in answer["units"]] == ["failed"]
    assert result.err.startswith("ftrace: no complete run")
    assert "1given" in result.err
    result = project.ftrace(
        "test", "--json", "--", "sh", "-c", "kill -TERM $$")
    assert result.code == -signal.SIGTERM
    assert _answer(result)["status"] == 128 + signal.SIGTERM


def test_json_that_cannot_be_written(suite):
    result = suite.sh(
        "sh", "-c", '"$@" >/dev/full', "sh", *_command(suite, "--json"))
    assert result.code == 125
    assert "cannot write the answer" in result.err


def _command(project, *options):
    return (FTRACE, "test", *options, "--", project.python, "-m", "pytest",
            "-q", "-p", "no:cacheprovider")


def test_colour(suite):
    suite.write("data.txt", "bad")
    result = test(suite, "--explain", "--color", "always", code=1)
    assert "test_one.py::test_reads: \033[33mstale\033[0m: " in result.err
    result = test(suite, "--explain", code=1)
    assert "\033" not in result.err
    result = test(suite, "--color", "some", code=2)
    assert "auto, always or never" in result.err


def test_full_says_what_it_compared(suite):
    suite.write("broken.txt", "1")
    result = test(suite, "--full", code=1)
    assert ("without --full it would be 1 of 3 tests, because 1 file changed"
            in result.err)
    assert "compared: without --full 2 tests would" in result.err
    assert "none of them failed" in result.err
    assert "compared" not in test(suite, "--full", "-q", code=1).err


def test_full_without_anything_to_compare(project):
    project.write("test_it.py", "def test_it(): pass\n")
    result = test(project, "--full")
    assert "nothing is compared: no complete run of this" in result.err
    assert "compared: " in test(project, "--full").err
    project.write("conftest.py", "")
    result = test(project, "--full")
    assert "nothing is compared: conftest.py changed" in result.err


def test_full_tells_escapes_in_its_sum(project):
    project.files(test_asking="""\
        from asking import ask
        def test_served():
            assert ask("data.txt") == "good"
        """)
    project.write("data.txt", "good\n")
    project.env["PYTHONPATH"] = "."
    with outside(project) as project.answers:
        test(project)
        project.write("data.txt", "bad\n")
        result = test(project, "--full", code=1)
    assert "1 of them failed: 1 escaped the selection, 0 passed" in result.err
