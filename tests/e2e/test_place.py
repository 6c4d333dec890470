# SPDX-License-Identifier: MIT
"""A map that was recorded at one path answers at another."""

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

from helpers import PYTHON, Project

SUITE = {
    "src__pkg____init__": "",
    "src__pkg__one": "def one():\n    return 1\n",
    "src__pkg__two": "def two():\n    return 2\n",
    "tests__test_one": """\
        from pkg.one import one
        def test_one():
            assert one() == 1
        """,
    "tests__test_two": """\
        from pkg.two import two
        def test_two():
            assert two() == 2
        """,
    "tests__test_data": """\
        import os
        def test_data():
            with open(os.environ["DATA"]) as file:
                assert file.read()
        def test_home():
            with open(os.path.expanduser("~/conf")) as file:
                assert file.read()
        def test_above():
            above = os.path.join(os.path.dirname(__file__), "..", "..")
            assert not os.path.exists(os.path.join(above, "lost"))
        """,
}


def environment_of(project):
    """A virtual environment, with the project and pytest installed in place."""
    venv = project.root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv],
                   check=True)
    site = next(venv.glob("lib/python*/site-packages"))
    (site / "project.pth").write_text(str(project.root / "src") + "\n")
    (site / "runner.pth").write_text(
        subprocess.run([PYTHON, "-c", "import sysconfig;"
                        "print(sysconfig.get_path('purelib'))"], check=True,
                       stdout=subprocess.PIPE, text=True).stdout)
    project.python = venv / "bin" / "python"
    home = project.root.parent / "home"
    home.mkdir(exist_ok=True)
    (home / "conf").write_text("conf")
    project.env = {"HOME": home, "VIRTUAL_ENV": venv,
                   "PATH": "%s:/usr/bin:/bin" % (venv / "bin"),
                   "DATA": project.root / "data.txt"}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    project = Project(tmp_path_factory.mktemp("a") / "project")
    project.files(**SUITE)
    project.write("data.txt", "data")
    environment_of(project)
    project.pytest("-q").ok()
    assert project.affected_units() == []
    return project


@pytest.fixture
def other(recorded, tmp_path):
    """The same project at another path, deeper, and another home."""
    root = tmp_path / "deep" / "in" / "other"
    shutil.copytree(recorded.root, root, ignore=shutil.ignore_patterns(
        ".venv", "__pycache__", ".pytest_cache"))
    project = Project(root)
    environment_of(project)
    return project


@pytest.mark.smoke
def test_nothing_is_affected_elsewhere(other):
    assert other.affected_units() == []
    assert other.json("changed")["hit"] > 0
    # All is read once; what is known then is known to the next question.
    assert ", 0 files read" in other.ftrace("changed").ok().err.replace(
        ";", ",")


def test_an_edit_there(other):
    other.edit("src/pkg/two.py", "return 2", "return abs(2)")
    assert other.affected_units() == ["tests/test_two.py::test_two"]


def test_what_is_different_there(other, tmp_path):
    (other.root.parent / "home" / "conf").unlink()
    assert other.affected_units() == ["tests/test_data.py::test_home"]
    other.env["DATA"] = other.root / "other.txt"
    assert other.affected_units() == [
        "tests/test_data.py::test_data", "tests/test_data.py::test_home"]
    # Nobody asked for it here, but whoever looked for it there would.
    (other.root.parent / "lost").write_text("found")
    assert len(other.affected_units()) == 3


def test_an_environment_that_is_another(other):
    site = next((other.root / ".venv").glob("lib/python*/site-packages"))
    (site / "project.pth").write_text(str(other.root / "lib") + "\n")
    assert len(other.affected_units()) == 5


def test_a_map_that_cannot_be_written(other):
    folder = other.root / ".ftrace"
    before = (folder / "map.db").read_bytes()
    (folder / "map.db").chmod(0o444)
    if os.access(folder / "map.db", os.W_OK):
        pytest.skip("root can write everything")
    assert other.affected_units() == []
    assert (folder / "map.db").read_bytes() == before


def test_there_and_back(recorded, other):
    assert other.affected_units() == []
    shutil.copyfile(other.root / ".ftrace" / "map.db",
                    recorded.root / ".ftrace" / "map.db")
    assert recorded.affected_units() == []
    assert other.pytest("-q").ok()
    assert other.affected_units() == []


def test_without_the_interpreter(other):
    """None of the kind is there: all runs, and that is why."""
    python = other.root / ".venv" / "bin" / "python"
    for name in python.parent.glob("python*"):
        name.unlink()
    result = other.ftrace("affected", "--tests").ok()
    assert len(result.out.split()) == 5
    version = "Python " + sys.version.split()[0]
    if sysconfig.get_config_var("INCLUDEPY") and os.path.exists(
            os.path.join(sysconfig.get_config_var("INCLUDEPY"),
                         "patchlevel.h")):
        assert ("another interpreter: none of the kind here, recorded with "
                + version) in result.err
        assert other.json("affected")["elsewhere"][0]["recorded"] == version
