# SPDX-License-Identifier: MIT
"""New tests stay new, whatever part of the suite is run before they have run.

pytest 8 lists directories on the way to a file that it was asked for.
"""

import shutil

import pytest

from helpers import PYTHON, Project
from test_versions import installed

OPTIONS = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
NEW = ["tests/newd/deep/test_d.py", "tests/newd/test_n.py",
       "tests/newd/test_y.py"]
# Where it is run, what is asked for, and which of the new ones that runs.
PARTS = [
    ("", ["tests/newd/test_y.py"], 1),
    ("", ["tests/newd/test_y.py::test_y"], 1),
    ("", ["tests/test_a.py"], 0),
    ("", ["tests/test_a.py", "more"], 0),
    ("", ["tests/sub"], 0),
    ("", ["more"], 0),
    ("tests/newd", ["deep"], 1),
    ("tests/newd", ["test_y.py"], 1),
    ("tests/sub", ["../test_a.py"], 0),
    ("", ["--ignore=tests/newd/deep"], 2),
    ("", ["tests/newd", "--ignore-glob=*n.py"], 2),
    ("", ["-o", "python_files=test_y.py"], 1),
    ("", ["-o", "norecursedirs=newd"], 0),
    ("", ["tests", "--ignore=tests/newd"], 0),
]


@pytest.fixture(scope="module")
def recorded(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("new")
    project = Project(folder / "project")
    if request.param == "pytest 8":
        project.python = installed("venv-pytest-8", PYTHON, "pytest==8.3.3")
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    for name in ("tests/test_a.py", "tests/sub/test_s.py", "more/test_b.py"):
        project.write(name, "def %s():\n    pass\n" % name[-9:-3].strip("/"))
    project.run(project.python, *OPTIONS).ok()
    shutil.copytree(project.root, folder / "kept")
    return project, folder / "kept"


@pytest.fixture
def suite(recorded):
    project, kept = recorded
    shutil.rmtree(project.root)
    shutil.copytree(kept, project.root)
    for name in NEW:
        project.write(name, "def %s():\n    pass\n" % name[-9:-3])
    return project


@pytest.mark.parametrize(
    "recorded, place, asked, run",
    [("pytest 8", *part) for part in PARTS]
    + [("pytest 7", *part) for part in PARTS[::3]],
    indirect=["recorded"], ids=str)
def test_stay_new(suite, place, asked, run):
    assert suite.affected() == NEW
    result = suite.run(suite.python, *OPTIONS, *asked,
                       cwd=suite.root / place)
    assert result.code in (0, 5), result
    left = suite.affected()
    ran = {unit.partition("::")[0] for unit in suite.units()}
    assert left == [name for name in NEW if name not in ran]
    assert len(left) == len(NEW) - run
    # The whole finds them, and then they are known.
    whole = suite.ftrace("test", "--", suite.python, *OPTIONS).ok()
    assert len(suite.units()) == 6, whole
    again = suite.ftrace("test", "--", suite.python, *OPTIONS).ok()
    assert "nothing affected: 6 tests not run" in again.err
