# SPDX-License-Identifier: MIT
"""What `ftrace test` runs where the map does not know all tests there are."""

from test_test import ran, test

A, B = "def test_a():\n    pass\n", "def test_b():\n    pass\n"


def test_nothing_of_what_was_asked_for(project):
    """It is no failure, as it is of the command without us."""
    project.write("a/test_a.py", A)
    project.write("b/test_b.py", "import lib\n" + B)
    project.write("lib.py", "ONE = 1\n")
    project.env["PYTHONPATH"] = "."
    for args in (("a",), ("-k", "test_a"), ("b",)):
        test(project, *args)
    project.edit("b/test_b.py", "pass", "assert lib.ONE")
    assert "no tests ran" in test(project, "a").out
    assert "1 deselected" in test(project, "-k", "test_a").out
    assert ran(test(project, "b")) == 1
    test(project, "-k", "nothing", code=5)


ORDER = """\
import unittest, pytest, base, lib
@pytest.mark.parametrize("x", [9, 10])
def test_each(x):
    assert lib.f()
class TestIn(base.Base):
    def test_own(self):
        assert lib.f()
class Old(unittest.TestCase):
    def test_z(self):
        assert lib.f()
    def test_b(self):
        assert lib.f()
test_made = base.make()
def test_last():
    assert lib.f()
def test_other():
    pass
"""


def test_order_in_a_file(project):
    """It is that of a whole run, whatever lines the functions have."""
    project.write("base.py", (
        "import lib\n"
        "def make():\n"
        "    def test_it():\n        assert lib.f()\n"
        "    return test_it\n"
        "class Base:\n"
        "    def test_base(self):\n        assert lib.f()\n"))
    project.write("lib.py", "def f():\n    return 1\n")
    project.write("test_a.py", ORDER)
    project.write("test_b.py", ORDER)
    project.env["PYTHONPATH"] = "."

    def order():
        return [line.split(" ")[0]
                for line in test(project, "-vv").out.splitlines()
                if "PASSED" in line]

    before = [each for each in order() if "other" not in each]
    project.edit("lib.py", "return 1", "return 2")
    after = order()
    assert sorted(after) == sorted(before)
    for name in ("test_a", "test_b"):
        mine = [each for each in before if each.startswith(name)]
        at = after.index(mine[0])
        assert after[at:at + len(mine)] == mine


def test_links(project):
    """A test is run under the name by which it was recorded."""
    project.write("lib.py", "def f():\n    return 1\n")
    project.write("shared/checks.py", (
        "import lib\ndef test_it(place):\n    assert lib.f() and place\n"))
    project.write("a/conftest.py", (
        "import pytest\n@pytest.fixture\ndef place():\n    return 'a'\n"))
    (project.root / "a/test_it.py").symlink_to("../shared/checks.py")
    (project.root / "b").symlink_to("a")
    project.env["PYTHONPATH"] = "."
    for args in (("a",), ("a/test_it.py",)):
        assert ran(test(project, *args)) == 1
    for args in (("a",), ("a/test_it.py",)):
        project.edit("lib.py", "return ", "return 1 + ")
        assert ran(test(project, *args)) == 1
        assert test(project, *args).err.startswith("ftrace: nothing affected")
    assert ran(test(project, "b")) == 1
    project.edit("lib.py", "return ", "return 1 + ")
    assert ran(test(project, "b")) == 1
