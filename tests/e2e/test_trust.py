# SPDX-License-Identifier: MIT
"""A map may come from anybody: nothing that it names is executed, and one that
came with the project, or is another user's, is none."""

import os
import shutil
import sqlite3
import sys

import pytest

SOURCE = """\
def one():
    return 1


def two():
    return 2
"""

TESTS = """\
import m


def test_one():
    assert m.one() == 1


def test_two():
    assert m.two() == 2
"""


@pytest.fixture
def cloned(project):
    """A recorded project whose user has recorded nothing on this machine."""
    project.state = project.root.parent / "state"
    project.write("m.py", SOURCE)
    project.write("test_m.py", TESTS)
    project.pytest().ok()
    assert project.state.exists()
    shutil.rmtree(project.state)
    project.edit("m.py", "return 1", "return abs(1)")
    return project


def spy(path):
    """A program that tells that it was executed, and then is Python."""
    told = path.parent / (path.name + ".told")
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n: >'%s'\nexec '%s' \"$@\"\n" % (
        told, sys.executable))
    path.chmod(0o755)
    return told


def test_what_a_map_names_is_not_executed(cloned, tmp_path):
    told = spy(tmp_path / "evil")
    database = sqlite3.connect(cloned.root / ".ftrace" / "map.db")
    with database:
        for table, column in database.execute(
                "SELECT m.name, c.name FROM sqlite_master m,"
                " pragma_table_info(m.name) c"
                " WHERE m.name = 'interpreter' AND c.name = 'path'"
                ).fetchall():
            database.execute("UPDATE %s SET %s = CAST(? AS BLOB)" % (
                table, column), (str(tmp_path / "evil"),))
    database.close()
    cloned.env["PATH"] = "/nonexistent"
    assert cloned.affected_units() == ["test_m.py::test_one",
                                       "test_m.py::test_two"]
    assert not told.exists()


def test_an_interpreter_on_path_is_found(cloned):
    """... asked for its version, and remembered."""
    assert cloned.affected_units() == ["test_m.py::test_one"]
    listed = cloned.state / "ftrace" / "interpreters"
    assert listed.stat().st_mode & 0o777 == 0o600
    tag, _, path = listed.read_text().strip().partition("\t")
    assert tag == "%s-%08x" % (sys.implementation.cache_tag, sys.hexversion)
    assert os.access(path, os.X_OK)
    cloned.env["PATH"] = "/nonexistent"
    assert cloned.affected_units() == ["test_m.py::test_one"]


def test_without_a_home(cloned):
    cloned.env["XDG_STATE_HOME"] = cloned.env["HOME"] = None
    assert cloned.affected_units() == ["test_m.py::test_one"]


def test_another_version_on_path_is_not_taken(cloned, tmp_path):
    other = tmp_path / "bin" / "python3"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho cpython-27-02071200\n")
    other.chmod(0o755)
    cloned.env["PATH"] = str(other.parent)
    result = cloned.ftrace("affected", "--tests").ok()
    assert result.out.split() == ["test_m.py::test_one", "test_m.py::test_two"]
    assert "python3 of the recorded version" in result.err
    assert not cloned.state.exists()


def test_a_relative_folder_of_path_is_the_project_s(cloned):
    told = spy(cloned.root / "bin" / "python3")
    cloned.env["PATH"] = "bin:."
    assert len(cloned.affected_units()) == 2
    assert not told.exists()


@pytest.mark.parametrize("mode", [0o622, 0o602])
def test_a_list_that_others_can_write_is_not_trusted(cloned, tmp_path, mode):
    told = spy(tmp_path / "evil")
    listed = cloned.state / "ftrace" / "interpreters"
    listed.parent.mkdir(parents=True)
    listed.write_text("%s-%08x\t%s\n" % (
        sys.implementation.cache_tag, sys.hexversion, tmp_path / "evil"))
    cloned.env["PATH"] = "/nonexistent"
    listed.chmod(mode)
    assert len(cloned.affected_units()) == 2
    assert not told.exists()
    listed.chmod(0o600)
    assert len(cloned.affected_units()) == 1
    assert told.exists()


def git(project, *args):
    project.sh("git", "-c", "user.name=a", "-c", "user.email=a@b", *args,
               env={"GIT_CONFIG_GLOBAL": "/dev/null"}).ok()


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_map_that_git_tracks_is_none(project, version):
    project.write("data.txt", "one")
    project.run("cat", "data.txt").ok()
    git(project, "init", "-q", ".")
    git(project, "config", "index.version", version)
    git(project, "add", "data.txt")
    assert project.ftrace("status").ok()
    git(project, "add", "-f", ".ftrace/map.db")
    for verb in ("status", "affected", "changed"):
        result = project.ftrace(verb)
        assert result.code == 3 and not result.out
        assert "is tracked by git and is not trusted" in result.err
    before = (project.root / ".ftrace" / "map.db").read_bytes()
    result = project.ftrace("test", "--", "cat", "data.txt").ok()
    assert result.out == "one"
    assert result.err.count("is not trusted") == 1
    assert (project.root / ".ftrace" / "map.db").read_bytes() == before
    git(project, "rm", "-q", "--cached", ".ftrace/map.db")
    assert project.ftrace("status").ok()


def test_a_folder_that_git_tracks_as_a_link(project, tmp_path):
    project.write("data.txt", "one")
    project.run("cat", "data.txt").ok()
    shutil.move(project.root / ".ftrace", tmp_path / "elsewhere")
    (project.root / ".ftrace").symlink_to(tmp_path / "elsewhere")
    git(project, "init", "-q", ".")
    git(project, "add", "-f", ".ftrace")
    assert "is not trusted" in project.ftrace("status").err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files others'")
def test_a_map_of_another_user_is_none(project):
    project.write("data.txt", "one")
    project.run("cat", "data.txt").ok()
    for name in (".ftrace", ".ftrace/map.db"):
        os.chown(project.root / name, 65534, 65534)
        result = project.ftrace("affected")
        assert result.code == 3
        assert "belongs to another user and is not trusted" in result.err
        os.chown(project.root / name, 0, 0)
    # Of whoever owns the tests: he could have them say anything as well.
    for name in (".", ".ftrace", ".ftrace/map.db"):
        os.chown(project.root / name, 65534, 65534)
    assert project.ftrace("status").ok()
