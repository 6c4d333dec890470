# SPDX-License-Identifier: MIT
"""`ftrace why --cost FILE`: what edits would select, against real edits."""

import pytest

LIBRARY = """\
import os
LIMIT = 3
class Box:
    size = 1
    def fill(self):
        return self.size
def near():
    return LIMIT
def far():
    return os.sep
def nobody():
    pass
"""
TESTS = """\
import library
def test_near():
    assert library.near()
def test_limit():
    assert library.LIMIT
def test_far():
    assert library.far()
def test_box():
    assert library.Box().fill()
def test_none():
    pass
"""
# What is edited to what, and the row that tells of it.
EDITS = (
    ("LIMIT = 3", "LIMIT = 4", "LIMIT = 3"),
    ("size = 1", "size = 2", "size = 1"),
    ("return LIMIT", "return LIMIT + 1", "near"),
    ("return os.sep", "return os.sep + ''", "far"),
    ("return self.size", "return self.size + 0", "Box.fill"),
)


@pytest.fixture
def library(project):
    project.write("library.py", LIBRARY)
    project.write("test_it.py", TESTS)
    project.write("data.txt", "1")
    project.write("test_data.py",
                  "def test_data():\n    assert open('data.txt').read()\n")
    project.pytest().ok()
    return project


def _rows(project, name):
    answer = project.json("why", "--cost", name)
    assert (answer["version"], answer["path"]) == (1, name)
    assert answer["units"] == 6
    return {each.get("text") or each.get("function"): each
            for each in answer["costs"]}, answer


def test_each_row_is_what_such_an_edit_selects(library):
    rows, answer = _rows(library, "library.py")
    assert answer["free"] == 1  # nobody()
    for old, new, key in EDITS:
        library.write("library.py", LIBRARY.replace(old, new))
        selected = library.affected_units()
        assert 1 <= len(selected) <= 2, key
        assert rows[key]["units"] == len(selected), key
    library.write("library.py", LIBRARY)
    assert library.affected() == []
    assert rows["LIMIT = 3"]["line"] == 2
    assert "duration_us" in rows["near"]
    assert "reason" not in rows["near"]


def test_dearest_first_with_the_reason(library):
    library.write("library.py", LIBRARY + "setattr(os, 'x' * LIMIT, 1)\n")
    library.pytest().ok()
    lines = library.ftrace("why", "--cost", "library.py").ok().out.splitlines()
    at, = [at for at, each in enumerate(lines)
           if each.endswith("line 13: setattr(os, 'x' * LIMIT, 1)")]
    assert lines[at].split()[0] == "5"
    assert "as a whole: " in lines[at + 1]
    counts = [int(each.split()[0]) for each in lines if "line " in each]
    assert counts == sorted(counts, reverse=True)


def test_conftest(library):
    library.write("conftest.py", """\
        import pytest
        NAME = "a"
        @pytest.fixture
        def cheap():
            return 1
        @pytest.fixture(autouse=True)
        def dear():
            return 1
        """)
    library.write("test_cheap.py", "def test_cheap(cheap):\n    pass\n")
    library.pytest().ok()
    rows = {each.get("function") or each["text"]: each["units"] for each in
            library.json("why", "--cost", "conftest.py")["costs"]}
    assert rows["cheap"] == 1
    assert rows["dear"] == 7


def test_files_that_are_no_sources(library):
    rows, answer = _rows(library, "data.txt")
    [row] = answer["costs"]
    assert row["units"] == 1 and "line" not in row
    out = library.ftrace("why", "--cost", "data.txt").ok().out
    assert out.endswith("all of the file\n")


def test_bad_input(library):
    assert library.ftrace("why", "--cost").code == 2
    assert library.ftrace(
        "why", "--cost", "library.py", "data.txt").code == 2
    result = library.ftrace("why", "--cost", "absent.py")
    assert result.code == 3 and "absent.py" in result.err
    result = library.ftrace("why", "--cost", "test_it.py::test_near")
    assert result.code == 2 and "takes a file" in result.err
    library.edit("library.py")
    result = library.ftrace("why", "--cost", "library.py")
    assert result.code == 3
    assert "library.py" in result.err and "ftrace test" in result.err
