# SPDX-License-Identifier: MIT
"""The main job on a real project: click 8.1.7 and its 611 tests."""

import contextlib
import os
import sqlite3
import time

import pytest

from helpers import same_output


# Its expected failure makes pytest look at every module for the traceback.
XFAILED = "tests/test_chain.py::test_multicommand_chaining"

# It expands "**/conf.py" and so lists all directories.
LISTS = "tests/test_utils.py::test_expand_args"

OTHERS = {XFAILED, LISTS}


def _files(ids):
    return {each.partition("::")[0] for each in set(ids) - OTHERS}


@pytest.mark.smoke
def test_recording_changes_nothing(recorded_click):
    plain, traced = recorded_click.untraced, recorded_click.traced
    assert "589 passed, 21 skipped, 1 xfailed" in plain.out
    assert same_output(traced.out) == same_output(plain.out)
    assert traced.code == plain.code == 0
    assert traced.err == plain.err + "ftrace: recorded 611 units\n"


def test_every_test_is_a_unit(recorded_click):
    status = recorded_click.json("status")
    units = status["units"]
    assert len(units) == status["counts"]["units"] == 611
    assert status["counts"]["incomplete"] == 0
    outcomes = [unit["outcome"] for unit in units]
    assert outcomes.count("passed") == 589
    assert outcomes.count("skipped") == 21
    assert outcomes.count("xfailed") == 1
    assert all(unit["runner"] == "pytest" for unit in units)
    assert all(unit["duration_us"] > 0 for unit in units)
    collected = recorded_click.plain("--collect-only", "-q").ok().out
    ids = {line for line in collected.splitlines() if "::" in line}
    assert {unit["id"] for unit in units} == ids


@pytest.mark.smoke
def test_nothing_is_affected_afterwards(recorded_click):
    result = recorded_click.ftrace("affected").ok()
    assert result.out == ""
    assert recorded_click.json("affected")["units"] == []


def test_edit_of_a_source(click):
    everything = set(click.units())
    click.edit("src/click/termui.py")
    # Every test imports click, whose __init__ imports termui.
    assert set(click.affected_units()) == everything
    assert click.json("changed")["stale"] == 1
    assert click.ftrace("changed").ok().out == "src/click/termui.py\n"
    why = click.ftrace("why", "tests/test_utils.py::test_echo").ok().out
    assert "src/click/termui.py" in why
    assert "click.termui" in why


def test_restored_source(click):
    with click.edited("src/click/termui.py"):
        assert click.affected()
    assert click.affected() == []
    assert click.json("changed")["stale"] == 0


def test_edit_of_a_test_file(click):
    click.edit("tests/test_formatting.py")
    units = click.affected_units()
    assert _files(units) == {"tests/test_formatting.py"}
    assert set(units) - OTHERS == {
        each for each in click.units()
        if each.startswith("tests/test_formatting.py::")}
    # The file may have other tests now, so the runner gets all of it.
    assert set(click.affected()) - OTHERS == {"tests/test_formatting.py"}


def test_touched_file_is_hashed_once(click):
    os.utime(click.root / "src/click/termui.py")
    # Younger than the clock can tell, it would have to be read again.
    time.sleep(0.1)
    first = click.json("changed")
    assert (first["stale"], first["miss"]) == (0, 0)
    assert first["hashed"] == 1
    assert click.json("changed")["hashed"] == 0
    assert click.affected() == []


def test_deleted_source(click):
    (click.root / "src/click/_textwrap.py").unlink()
    # click.formatting imports it inside a function.
    units = click.affected_units()
    assert _files(units) >= {"tests/test_formatting.py"}
    reasons = click.reasons()[
        "tests/test_formatting.py::test_basic_functionality"]
    assert ("src/click/_textwrap.py", "removed") in [
        (reason.get("path"), reason["what"]) for reason in reasons]


def test_deleted_test_file(click):
    (click.root / "tests/test_formatting.py").unlink()
    # Its tests are gone, and no other depends on it.
    assert set(click.affected()) <= OTHERS
    assert _files(click.affected_units()) == {"tests/test_formatting.py"}


def test_new_test_file(click):
    click.write("tests/test_zz_new.py", "def test_new():\n    pass\n")
    assert set(click.affected()) - OTHERS == {"tests/test_zz_new.py"}


def test_new_conftest_is_for_every_test(click):
    click.write("conftest.py", "")
    assert set(click.affected_units()) == set(click.units())


def test_workers_record_the_same(recorded_click, click):
    """xdist's map is that of a serial run, test by test."""
    click.clear_bytecode()
    (click.root / ".ftrace" / "map.db").unlink()
    click.pytest("-n", "2").ok()
    assert click.units() == recorded_click.units()
    assert click.affected() == []
    kept = _kept(click) | _kept(recorded_click)
    for unit in sorted(click.units())[::60]:
        assert _project(click.inputs(unit), kept) == _project(
            recorded_click.inputs(unit), kept), unit


def _kept(project):
    """The files that modules may keep in memory.

    Which these are hangs on what has changed in a module when a test ends,
    and so on which tests of a worker come before it.
    """
    with contextlib.closing(sqlite3.connect(
            str(project.root / ".ftrace" / "map.db"))) as database:
        return {os.fsdecode(path) for path, in database.execute(
            "SELECT file.path FROM scope JOIN reads USING (readset)"
            " JOIN state ON state.id = reads.state"
            " JOIN file ON file.id = state.file WHERE scope.kind = 9")}


def _project(inputs, kept):
    """Without what the workers' own machinery and arguments add."""
    return {each for each in inputs
            if not each[0].startswith(("/", "$")) and each[0] not in kept
            and each != ("2", "absent")}


def _source(click, path):
    """What the map has of a file's text: skeleton, outline, blocks."""
    database = sqlite3.connect(click.root / ".ftrace/map.db")
    with contextlib.closing(database), database:
        skeleton, outline, blocks = database.execute(
            "SELECT skeleton, outline, blocks FROM source WHERE id ="
            " (SELECT source FROM file WHERE path = CAST(? AS BLOB))",
            (path,)).fetchone()
    fields = []
    while blocks:
        size, _, rest = blocks.partition(b":")
        fields.append(rest[:int(size)])
        blocks = rest[int(size):]
    return skeleton, outline, sorted(
        tuple(fields[at:at + 6]) for at in range(0, len(fields), 6))


def _forget(click, path, *what):
    """As if the last version were the only one that was ever looked at."""
    database = sqlite3.connect(click.root / ".ftrace/map.db")
    with contextlib.closing(database), database:
        for each in what:
            database.execute(each)
        database.execute(
            "DELETE FROM source WHERE id ="
            " (SELECT source FROM file WHERE path = CAST(? AS BLOB))",
            (path,))
        database.execute(
            "UPDATE file SET source = loaded, mtime = 0"
            " WHERE path = CAST(? AS BLOB)", (path,))


def test_what_is_compiled_in_part_is_stored_as_the_whole(click):
    """What an edit left alone is taken from the version before it."""
    core = "src/click/core.py"
    for old, new in (
            ("def iter_params", "X = 1\n\n\ndef iter_params"),
            ("        self._depth = 0\n", "        self._depth = 0 or 0\n\n"),
            ("class Argument(", "def added():\n    pass\nclass Argument(")):
        click.edit(core, old, new)
        units = click.affected_units()
        in_part = _source(click, core)
        _forget(click, core, "UPDATE source SET bodies = x'00'")
        assert click.affected_units() == units
        assert _source(click, core) == in_part
        blocks = {each[0]: each for each in in_part[2]}
        lines = (click.root / core).read_text().split("\n")
        first = int(blocks[b"Argument.make_metavar"][3])
        assert lines[first - 1] == "    def make_metavar(self) -> str:"
