# SPDX-License-Identifier: MIT
"""Files that may fail when they are imported: one test tells for all."""

import pytest

CORE = """\
    A = 1
    def value():
        return A
    """
# Another value, by which nobody's tests are concerned.
MORE = "B = %s\n"


def add(project, name, text):
    path = project.root / name
    path.write_text(path.read_text() + text)


def record(project, **files):
    project.env["PYTHONPATH"] = "."
    project.files(core=CORE, **files)
    project.pytest().ok()


def test_one_of_those_that_import_it(project):
    tests = "import core\n" + "".join(
        "def test_%d():\n    assert core.value()\n" % i for i in range(3))
    record(project, test_a=tests, test_b=tests)
    add(project, "core.py", MORE % "abs(3)")
    assert project.affected_units() == ["test_a.py::test_0"]
    add(project, "core.py", "C = undefined\n")
    result = project.ftrace("test", "--", project.python, "-m", "pytest", "-q")
    assert result.code != 0
    assert "undefined" in result.out


def test_nothing_that_can_fail(project):
    record(project, test_a="import core\ndef test_a():\n    core.value()\n")
    add(project, "core.py", "B = 3\ndef more():\n    return 2\n")
    assert project.affected_units() == []


@pytest.mark.parametrize("how", [
    "try:\n    import core\nexcept Exception:\n    core = None\n",
    "import contextlib\nwith contextlib.suppress(Exception):\n"
    "    import core\n",
    "import pytest\ncore = pytest.importorskip('core')\n",
    "def load():\n    try:\n        import core\n    except Exception:\n"
    "        return None\n    return core\ncore = load()\n",
    "def load():\n    try:\n        from core import value\n"
    "    except Exception:\n        return None\ncore = load()\n",
])
def test_who_goes_on_without(project, how):
    """As the failure is caught there, no other test tells of it."""
    record(project,
           test_a="import core\ndef test_a():\n    assert core.value()\n",
           test_b=how + "def test_b():\n    pass\ndef test_c():\n    pass\n")
    add(project, "core.py", MORE % "abs(3)")
    assert {"test_b.py::test_b", "test_b.py::test_c"} <= set(
        project.affected_units())


def test_who_imports_it_late(project):
    """Nobody knows what is around the call."""
    record(project, late="def load():\n    import core\n    return core\n",
           test_a="import core\ndef test_a():\n    assert core.value()\n",
           test_b="from late import load\ndef test_b():\n    load()\n"
                  "def test_c():\n    pass\n")
    add(project, "core.py", MORE % "abs(3)")
    units = project.affected_units()
    assert "test_b.py::test_b" in units and "test_a.py::test_a" in units


def test_where_only_functions_import_it(project):
    """Who entered one tells for all who depend on it."""
    record(project, late="def load():\n    import core\n    return core\n",
           loader="import importlib\ndef load(name):\n"
                  "    return importlib.import_module(name)\n",
           test_a="from late import load\ndef test_a():\n    pass\n"
                  "def test_b():\n    load()\ndef test_c():\n    load()\n",
           test_d="from loader import load\ndef test_d():\n"
                  "    load('co' + 're')\n")
    add(project, "core.py", MORE % "abs(3)")
    assert project.affected_units() == [
        "test_a.py::test_b", "test_a.py::test_c", "test_d.py::test_d"]


def test_a_test_that_is_gone_tells_nothing(project):
    record(project, test_a="""\
        import core
        def test_a():
            assert core.A
        def test_b():
            assert core.A
        """)
    with project.edited("test_a.py", "def test_a():\n    assert core.A\n",
                        "LIMIT = abs(1)\n"):
        units = project.affected_units()
    assert "test_a.py::test_b" in units or "test_a.py" in units
