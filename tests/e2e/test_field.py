# SPDX-License-Identifier: MIT
"""What bench/field makes of answers and of projects, without any of either."""

import sys

import pytest
from helpers import SOURCE

sys.path.insert(0, str(SOURCE / "bench"))

import field_projects  # noqa: E402
import field_reasons  # noqa: E402
import field_table  # noqa: E402


@pytest.mark.parametrize("line, name", [
    ("modified pyproject.toml", "settings"),
    ("modified $HOME", "settings"),
    ("modified tests/conftest.py < module conftest", "conftest"),
    ("modified a.py : changed: x; b.py as a whole, since y",
     "names changed, another file whole"),
    ("modified a.py : changed: x", "names changed"),
    ("modified a.py : changed: x < everything",
     "everybody mentions everything"),
    ("modified a.py < kept b.py:memo < block f", "kept values"),
    ("modified a.py < entered a.py < block f", "function entered"),
    ("modified a.py : as a whole: x < module b < module a",
     field_reasons.WHOLE),
    ("modified a.py : as a whole: x < run  < module a", field_reasons.WHOLE),
    ("modified a.py < module b < module a", "file accessed"),
    ("modified a.json < module test_a", "file accessed"),
    ("new tests/test_a.py", "failed, incomplete or new"),
    ("smoke ", "other"),
])
def test_a_reason_has_a_class(line, name):
    assert field_reasons.classify(line) == name


def group(name, units):
    made = field_reasons.Group({"what": "modified", "path": "a.py"})
    made.name, made.units = name, list(units)
    return made


def test_what_notices_stands_behind_a_line():
    everything = "lib.py:get looks for names that are not written in it"
    found, = field_reasons._groups({"units": [
        {"id": each, "reasons": [{
            "what": "modified", "path": "a.py", "text": "changed: x",
            "by": by}]}
        for each, by in (("t1", everything), ("t2", everything),
                         ("t3", "lib.py:f mentions x"))]})
    assert found.verdict() == (
        everything + " (2), lib.py:f mentions x (1)")
    assert found.is_of_everything()


def test_what_alone_selects_more_than_half_is_the_sole_cause():
    why = field_reasons.Why(10, 8, [
        group("kept values", range(8)), group("names changed", range(4))])
    assert why.present == why.sole == ["kept values"]


def test_of_two_that_each_suffice_none_is_the_sole_cause():
    why = field_reasons.Why(10, 8, [
        group("kept values", range(8)), group("names changed", range(7))])
    assert why.present == ["names changed", "kept values"]
    assert not why.sole


def words(folder, text):
    (folder / "pyproject.toml").write_text(text)
    (folder / "tests").mkdir(exist_ok=True)
    guess = field_projects.Guess("some", str(folder))
    return [word.replace(str(folder), "") for word in guess.words()]


def test_a_group_for_tests_comes_before_an_extra_for_work(tmp_path):
    pytest.importorskip("tomllib")
    assert words(tmp_path, '[project.optional-dependencies]\ndev = ["x"]\n'
                 '[dependency-groups]\ntests = ["pytest"]\n') == [
        "-e", "", "--group", "/pyproject.toml:tests"]


def test_requirements_are_for_projects_that_say_nothing_else(tmp_path):
    pytest.importorskip("tomllib")
    (tmp_path / "requirements-test.txt").write_text("pytest\n")
    assert words(tmp_path, "") == ["-r", "/requirements-test.txt", "-e", ""]


def test_sources_are_packages_beside_the_tests(tmp_path):
    for each in ("shop", "tests", "docs"):
        (tmp_path / each).mkdir()
        (tmp_path / each / "__init__.py").write_text("")
    (tmp_path / "setup.py").write_text("")
    guess = field_projects.Guess("shop", str(tmp_path))
    assert guess.touching == ["shop", "tests"]
    assert guess.pythonpath == ["."]


def commit(tests, share, wall):
    warm = {"share": share, "wall_ms": wall, "cpu_ms": wall, "escapes": [],
            "not_run": []}
    return {"tests": tests, "full": {"wall_ms": 100, "cpu_ms": 100},
            "warm": {"ftrace": warm}, "why": None}


def test_a_large_project_does_not_decide_the_mean(capsys):
    field_table.show([
        field_table.Done("large", [commit(9000, 1.0, 110)]),
        field_table.Done("small", [commit(1000, 0.0, 10)])])
    lines = {line[:16].strip(): line for line in
             capsys.readouterr().out.splitlines()}
    assert " 50.0 /" in lines["mean of projects"]
    assert " 90.0 /" in lines["all as one"]
    assert lines["large"].endswith("   1  1.10")
