# SPDX-License-Identifier: MIT
"""Edits of functions, in modules that come in by other ways than import."""

import os
import time

import pytest

BY_HAND = """\
    import importlib.util
    def load(name, path):
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    """
PLUGIN = """\
    VALUE = 1
    def one():
        return 1
    def two():
        return 2
    """


def _affected(project, name, *change):
    with project.edited(name, *change):
        return project.affected_units()


def test_modules_loaded_by_hand(project):
    project.files(
        loader=BY_HAND, plugins__a=PLUGIN, plugins__b=PLUGIN,
        test_a="""\
            from loader import load
            plugin = load("plugin", "plugins/a.py")
            def test_one():
                assert plugin.one() == 1
            def test_two():
                assert plugin.two() == 2
            """,
        test_b="""\
            from loader import load
            def test_one():
                assert load("plugin", "plugins/b.py").one() == 1
            """,
        test_c="def test_none():\n    pass\n")
    project.pytest().ok()
    a = ["test_a.py::test_one", "test_a.py::test_two"]
    b = ["test_b.py::test_one"]
    assert _affected(project, "plugins/a.py", "return 1", "return 3") == [
        a[0]]
    assert _affected(project, "plugins/b.py", "return 1", "return 3") == b
    assert _affected(project, "plugins/b.py", "return 2", "return 3") == []
    # Who loads a module may keep it, as who imports one does.
    for name in ("plugins/a.py", "plugins/b.py"):
        assert _affected(project, name, "VALUE = 1",
                         "raise ValueError") == a + b
    (project.root / "plugins/a.py").unlink()
    assert project.affected_units() == a + b


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_import_modes(project, mode):
    project.env["PYTHONPATH"] = "."
    project.files(
        lib=PLUGIN,
        tests__conftest="""\
            import pytest
            @pytest.fixture
            def used():
                return 1
            @pytest.fixture
            def other():
                return 2
            """,
        tests__test_a="""\
            import lib
            def test_one(used):
                assert lib.one() == 1
            def test_two(other):
                assert lib.two() == 2
            """,
        tests__test_b="def test_none():\n    pass\n")
    for _ in range(2):
        # Without bytecode, and with it.
        project.pytest("--import-mode=" + mode).ok()
        assert project.affected() == []
        one, two = ("tests/test_a.py::test_" + name for name in ("one", "two"))
        assert _affected(project, "lib.py", "return 1", "return 3") == [one]
        assert _affected(project, "lib.py", "return 2", "return 3") == [two]
        assert _affected(project, "tests/conftest.py",
                         "return 1", "return 3") == [one]
        assert _affected(project, "tests/test_a.py",
                         "lib.two() == 2", "lib.two() != 3") == [two]
        with project.edited("lib.py", "VALUE = 1", "VALUE = 1  # one"):
            assert project.affected_units() == []


def test_a_source_whose_lines_were_asked_for(project):
    project.files(
        lib=PLUGIN,
        test_a="""\
            import inspect, lib
            def test_first():
                assert inspect.getsource(lib.one)
            def test_cached():
                assert inspect.getsource(lib.one)
            def test_one():
                assert lib.one() == 1
            """)
    project.pytest().ok()
    first, cached = "test_a.py::test_first", "test_a.py::test_cached"
    assert _affected(project, "lib.py", "return 2", "return 3") == [
        cached, first]


def test_reload(project):
    project.files(
        lib=PLUGIN,
        test_a="""\
            import importlib, lib
            def test_reload():
                importlib.reload(lib)
            def test_one():
                assert lib.one() == 1
            """)
    project.pytest().ok()
    assert _affected(project, "lib.py", "return 1", "return 3") == [
        "test_a.py::test_one"]
    assert _affected(project, "lib.py", "return 2", "return 3") == []


def test_a_loader_that_makes_something_else_of_a_source(project):
    project.files(
        lib=PLUGIN,
        conftest="""\
            import sys
            from importlib import machinery, util
            class Loader(machinery.SourceFileLoader):
                def source_to_code(self, data, path, *more, **options):
                    data = data.replace(b"return 1", b"return 1 if "
                                        b"True else %d" % len(data))
                    return super().source_to_code(data, path, *more, **options)
            class Finder:
                @staticmethod
                def find_spec(name, path, target=None):
                    if name == "lib":
                        return util.spec_from_file_location(
                            name, "lib.py", loader=Loader(name, "lib.py"))
            sys.meta_path.insert(0, Finder)
            """,
        test_a="import lib\ndef test_one():\n    assert lib.one() == 1\n",
        test_b="def test_none():\n    pass\n")
    project.pytest().ok()
    assert _affected(project, "lib.py", "VALUE = 1", "VALUE = 1  # x") == [
        "test_a.py::test_one"]


def test_two_states_within_a_second(project):
    """Python takes the bytecode of the first for that of the second."""
    start = 10**9 * (int(time.time()) - 60)

    def put(tenth, number):
        project.files(
            lib="def one():\n    return %d\n" % number,
            test_a="import lib\ndef test_a():\n    assert lib.one() == 1\n",
            test_b="def test_b():\n    assert %d == 1\n" % number)
        for path in project.root.glob("*.py"):
            os.utime(path, ns=(start, start + 10**8 * tenth))

    def compiled(tenth):
        for path in project.root.glob("__pycache__/*"):
            os.utime(path, ns=(start, start + 10**8 * tenth))

    put(1, 1)
    project.pytest("-q").ok()
    compiled(2)
    put(3, 0)
    project.plain("-q").ok()
    project.pytest("-q")
    assert set(project.units().values()) == {"failed"}
    compiled(4)
    put(5, 1)
    project.pytest("-q").ok()


LOADER = """\
import importlib
def load(name):
    return importlib.import_module(name)
def load_old(name):
    return __import__(name)
"""
LOADING = """\
import library, loader
def names(module):
    return [each for each in vars(module) if each.isupper()]
def test_names():
    assert len(names(loader.load("plug" + "in"))) == 2
def test_old():
    assert len(names(loader.load_old("plug" + "in"))) == 2
def test_again():
    assert len(names(loader.load("plug" + "in"))) == 2
def test_another():
    assert loader.load("lib" + "rary").value() == 1
def test_none():
    pass
"""


def test_a_module_that_is_imported_by_a_computed_name(project):
    """Whoever gets one has its names read, and mentions no others."""
    project.files(
        loader=LOADER, test_it=LOADING,
        plugin="FIRST = 1\nSECOND = 2\n",
        library="LIMIT = 1\ndef value():\n    return 1\n"
                "def limit():\n    return LIMIT\n")
    project.pytest().ok()
    assert project.affected() == []
    with project.edited("plugin.py", "SECOND = 2", "SECOND = 2\nTHIRD = 3"):
        assert project.affected_units() == [
            "test_it.py::test_again", "test_it.py::test_names",
            "test_it.py::test_old"]
    with project.edited("library.py", "LIMIT = 1", "LIMIT = 2"):
        assert project.affected_units() == ["test_it.py::test_another"]
    with project.edited("loader.py", "import importlib",
                        "import importlib\nNEW = 1"):
        assert project.affected_units() == []


def test_a_module_that_its_package_imports(project):
    """To import `pkg.part` imports `pkg`, which has imported the part then."""
    project.write("pkg/__init__.py", "from . import part\nLIMIT = 1\n")
    project.files(
        pkg__part="def one():\n    return 1\n",
        test_a="""\
            import pkg.part
            def test_one():
                assert pkg.part.one() == 1
            def test_limit():
                assert pkg.LIMIT
            """)
    project.pytest().ok()
    assert _affected(project, "pkg/__init__.py", "LIMIT = 1",
                     "LIMIT = 2") == ["test_a.py::test_limit"]
