# SPDX-License-Identifier: MIT
"""What `ftrace test` runs where the map does not know all tests there are."""

import pytest

from test_test import ran, test

A, B = "def test_a():\n    pass\n", "def test_b():\n    pass\n"
MORE = "changed, and the runner used it to find its tests"

# What leaves test_b out, and the change after which nothing does.
DECIDERS = {
    "a module that a conftest imports": (
        {"sub/conftest.py": "from left import out\ncollect_ignore = out()\n",
         "left.py": "def out():\n    return ['test_b.py']\n"},
        {"left.py": "def out():\n    return []\n"}),
    "a constant of such a module": (
        {"sub/conftest.py": "import left\ncollect_ignore = left.OUT\n",
         "left.py": "OUT = ['test_b.py']\n"},
        {"left.py": "OUT = []\n"}),
    "a file that a hook reads": (
        {"conftest.py": "def pytest_ignore_collect(config):\n    pass\n"
                        "def pytest_collection_modifyitems(items):\n"
                        "    left = open('left.txt').read().split()\n"
                        "    items[:] = [item for item in items\n"
                        "                if item.name not in left]\n",
         "left.txt": "test_b\n"},
        {"left.txt": "\n"}),
    "a list that is new": (
        {"sub/conftest.py": "import pytest\n",
         "sub/test_b.py": "import pytest\n"},
        {"sub/conftest.py": "import pytest\ncollect_ignore = ['test_a.py']\n",
         "sub/test_b.py": "def test_b():\n    pass\ndef test_c():\n"
                          "    pass\n"}),
}


@pytest.mark.parametrize("first, then", DECIDERS.values(), ids=DECIDERS)
def test_what_decides_which_tests_there_are(project, first, then):
    project.write("test_top.py", "def test_top():\n    pass\n")
    project.write("sub/test_a.py", A)
    project.write("sub/test_b.py", B)
    for name, text in first.items():
        project.write(name, text)
    project.env["PYTHONPATH"] = "."
    assert ran(test(project)) == 2
    for name, text in then.items():
        project.write(name, text)
    result = test(project)
    assert ran(result) == 3 and MORE in result.err, result


@pytest.mark.parametrize("variable, value, conftest", [
    ("PYTEST_ADDOPTS", "--deselect=test_b.py", ""),
    ("LEFT", "test_b",
     "import os\n"
     "def pytest_collection_modifyitems(config, items):\n"
     "    left = [item for item in items\n"
     "            if item.name == os.environ.get('LEFT')]\n"
     "    items[:] = [item for item in items if item not in left]\n"
     "    config.hook.pytest_deselected(items=left)\n"),
], ids=["pytest's", "own"])
def test_a_variable_decides(project, variable, value, conftest):
    project.write("test_a.py", A)
    project.write("test_b.py", B)
    project.write("conftest.py", conftest)
    project.env[variable] = value
    assert ran(test(project).ok()) == 1
    assert test(project).out == ""
    del project.env[variable]
    result = test(project)
    assert ran(result) == 2 and "$%s %s" % (variable, MORE) in result.err


def test_a_fixture_does_not_decide(project):
    project.write("sub/conftest.py", (
        "import pytest\n@pytest.fixture\ndef one():\n    return 1\n"))
    project.write("sub/test_a.py", "def test_a(one):\n    assert one\n" + B)
    project.write("test_top.py", "def test_top():\n    pass\n")
    assert ran(test(project)) == 3
    project.edit("sub/conftest.py", "return 1", "return int(1)")
    assert ran(test(project)) == 1


def test_files_that_were_not_looked_at(project):
    """pytest gives up at the first one, and says that tests failed."""
    project.write("test_a.py", A)
    project.write("test_b.py", "1 / 0\n")
    project.write("test_c.py", "def test_c():\n    pass\n")
    test(project, "-x", code=1)
    project.write("test_b.py", B)
    assert ran(test(project, "-x")) == 3


def test_nothing_of_what_was_asked_for(project):
    """What the command does not collect is no matter of its.

    Where its own tests are chosen by name, only pytest can tell.
    """
    project.write("a/test_a.py", A)
    project.write("b/test_b.py", "import lib\n" + B)
    project.write("lib.py", "ONE = 1\n")
    project.env["PYTHONPATH"] = "."
    for args in (("b",), ("a",), ("-k", "test_a")):
        test(project, *args)
    project.edit("b/test_b.py", "pass", "assert lib.ONE")
    result = test(project, "a")
    assert "nothing affected: 1 test not run" in result.err and not result.out
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
