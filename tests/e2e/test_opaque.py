# SPDX-License-Identifier: MIT
"""Code that runs under another name than that of its file, or of none."""

import os
import shutil
import sys
import textwrap

import pytest

from test_versions import PYTHONS, python  # noqa: F401

LIB = """\
    LIMIT = 3
    def one():
        return 1
    """


def _units(project, name, *change):
    with project.edited(name, *change):
        return project.affected_units()


def _kinds(*kinds):
    """Each kind with the Python at hand, and the first with every other."""
    return pytest.mark.parametrize(
        ("python", "kind"),
        [(name, kind) for name in sorted(PYTHONS) for kind in kinds
         if kind is kinds[0] or PYTHONS[name] == sys.executable],
        indirect=["python"])


@_kinds("kept", "not kept")
def test_a_project_that_was_moved(project, python, kind):  # noqa: F811
    """pytest finds bytecode that names files where there are none now."""
    project.python = python
    project.files(
        lib=LIB,
        test_a="""\
            import lib
            def test_mentions():
                assert lib.LIMIT
            def test_reflects():
                name = "LIM" + "IT"
                assert getattr(lib, name)
            def test_one():
                assert lib.one() == 1
            """)
    project.plain().ok()
    project.root = project.root.rename(project.root.parent / "moved")
    if kind == "not kept":
        project.env["PYTHONDONTWRITEBYTECODE"] = "1"
    for _ in range(2):
        project.pytest().ok()
        one, mentions, reflects = (
            "test_a.py::test_" + name
            for name in ("one", "mentions", "reflects"))
        assert _units(project, "lib.py", "LIMIT = 3", "LIMIT = 33") == [
            mentions, reflects]
        assert _units(project, "test_a.py", "== 1", "!= 2") == [one]
        assert _units(project, "lib.py", "return 1", "return 2") == [one]
    data, = (project.root / "__pycache__").glob("test_a.*-pytest-*.pyc")
    assert (os.fsencode(project.root) in data.read_bytes()) is (kind == "kept")


# Loaders of somebody else's, each with a way to make code.
LOADER = """\
    import ast, sys
    from importlib import machinery, util

    def renamed(code, name):
        return code.replace(co_filename=name, co_consts=tuple(
            renamed(each, name) if hasattr(each, "co_consts") else each
            for each in code.co_consts))

    class MadeUp:
        def __init__(self, name, path):
            self.path = path
        def create_module(self, spec):
            return None
        def exec_module(self, module):
            with open(self.path) as file:
                code = compile(file.read(), "<made up>", "exec")
            exec(code, module.__dict__)

    class Transforming(machinery.SourceFileLoader):
        def source_to_code(self, data, path, *more, **options):
            return compile(ast.parse(data), path, "exec")

    class Renaming(machinery.SourceFileLoader):
        def get_code(self, name):
            return renamed(super().get_code(name), "/made/up.py")

    class Inside(MadeUp):
        def exec_module(self, module):
            with open(self.path) as file:
                code = compile(file.read(), self.path, "exec")
            exec(code.replace(co_consts=tuple(
                renamed(each, "/made/up.py")
                if hasattr(each, "co_consts") else each
                for each in code.co_consts)), module.__dict__)

    class Finder:
        @staticmethod
        def find_spec(name, path, target=None):
            if name == "plug":
                return util.spec_from_file_location(
                    name, "plug.py", loader=%s(name, "plug.py"))

    sys.meta_path.insert(0, Finder)
    """

PLUG = """\
    import lib
    TOTAL = lib.LIMIT * 2
    def limit():
        return lib.LIMIT
    """

TESTS = {
    "sub__conftest": """\
        import pytest
        @pytest.fixture(scope="session")
        def limit():
            import plug
            return plug.limit
        """,
    "test_a": """\
        import plug
        def test_entered():
            assert plug.limit()
        def test_total():
            assert plug.TOTAL
        """,
    "sub__test_b": "def test_handed(limit):\n    assert limit()\n",
    "test_c": """\
        import lib
        def test_one():
            assert lib.one() == 1
        """,
}
USERS = ["sub/test_b.py::test_handed", "test_a.py::test_entered",
         "test_a.py::test_total"]


def _check(project, users=USERS, witness=()):
    """witness: tells whether the file can be imported, where no other does."""
    assert project.affected() == []
    assert _units(project, "lib.py", "LIMIT = 3", "LIMIT = 33") == (
        [*witness, *users])
    assert _units(project, "lib.py", "return 1", "return 2") == [
        "test_c.py::test_one"]
    assert _units(project, "lib.py", "LIMIT = 3", "LIMIT = 3  # x") == []


def _files(project, first="", plug=PLUG):
    project.files(lib=LIB, plug=plug, conftest=first, **TESTS)
    project.env["PYTHONPATH"] = "."


LOADERS = ("MadeUp", "Transforming", "Renaming", "Inside")


# Of those that hear of functions alike, 3.9 and 3.10, 3.12 and 3.13, one for
# each.
@pytest.mark.parametrize(
    ("python", "loader"),
    [(name, loader) for name in sorted(PYTHONS)
     for i, loader in enumerate(LOADERS)
     if PYTHONS[name] == sys.executable
     or i % 2 == (name in ("3.10", "3.13"))], indirect=["python"])
def test_a_loader_of_somebody_else(project, python, loader):  # noqa: F811
    project.python = python
    _files(project, "import loader")
    project.write("site-packages/loader.py",
                  textwrap.dedent(LOADER) % loader)
    project.env["PYTHONPATH"] = ".:site-packages"
    for _ in range(2):
        project.pytest().ok()
        _check(project)
        assert _units(project, "plug.py", "* 2", "* 3") == USERS


def test_bytecode_without_a_source(project):
    _files(project)
    project.sh(project.python, "-c", "import py_compile\n"
               "py_compile.compile('plug.py', 'plug.pyc')").ok()
    (project.root / "plug.py").unlink()
    project.pytest().ok()
    _check(project)


def test_an_archive(project):
    _files(project, "import sys\nsys.path.insert(0, 'a.zip')")
    shutil.make_archive(project.root / "a", "zip", project.root, "plug.py")
    (project.root / "plug.py").unlink()
    project.pytest().ok()
    _check(project)


def test_a_module_that_was_there_before_the_plugin(project):
    _files(project, plug="""\
        TOTAL = 1
        def limit():
            import lib
            return lib.LIMIT
        """)
    project.pytest("-p", "plug").ok()
    _check(project, USERS[:2])


def test_hooks_of_a_module_that_was_there_before(project):
    """What every test enters of it is known, and mentions nothing."""
    _files(project, plug="""\
        TOTAL = 1
        def limit():
            import lib
            return lib.LIMIT
        def pytest_runtest_logreport(report):
            assert report.when
        """)
    project.pytest("-p", "plug").ok()
    _check(project, USERS[:2])


@pytest.mark.parametrize("moved", [False, True])
def test_moved_bytecode_of_a_module_that_was_there_before(project, moved):
    """Its methods run under a name that is no file's any more."""
    _files(project, plug="""\
        class Plug:
            def limit(self):
                import lib
                return getattr(lib, "LIM" + "IT")
        limit, TOTAL = Plug().limit, 1
        """)
    project.pytest("-p", "plug").ok()
    if moved:
        project.root = project.root.rename(project.root.parent / "moved")
        shutil.rmtree(project.root / ".ftrace")
        project.pytest("-p", "plug").ok()
    units = _units(project, "lib.py", "LIMIT = 3", "LIMIT = 33")
    assert set(USERS[:2]) <= set(units)
    assert moved or units == USERS[:2]


def test_classes_of_tests_that_a_decorator_makes(project):
    project.files(lib=LIB, test_a="""\
        from unittest.mock import patch
        import lib
        @patch("lib.LIMIT", 9)
        class TestIt:
            def test_it(self):
                assert lib.one()
        class TestOther:
            def test_other(self):
                assert lib.one()
        """)
    project.pytest().ok()
    assert _units(project, "lib.py", "LIMIT = 3", "MOST = 3") == [
        "test_a.py::TestIt::test_it"]


def test_a_module_that_the_test_has_made(project):
    project.files(
        lib=LIB,
        test_a="""\
            import sys
            TEXT = '''import lib
            TOTAL = lib.LIMIT * 2
            def limit():
                return lib.LIMIT
            '''
            def made(folder, monkeypatch, name):
                (folder / (name + ".py")).write_text(TEXT)
                monkeypatch.syspath_prepend(str(folder))
            def test_entered(tmp_path, monkeypatch):
                made(tmp_path, monkeypatch, "one")
                import one
                assert one.limit()
            def test_total(tmp_path, monkeypatch):
                made(tmp_path, monkeypatch, "two")
                import two
                assert two.TOTAL
            """,
        test_c=TESTS["test_c"])
    project.pytest().ok()
    _check(project, USERS[1:])


@_kinds("imported", "never imported")
def test_a_script_that_a_package_runs(project, python, kind):  # noqa: F811
    """It is a module without an import, and may be one with it besides."""
    project.python = python
    project.files(
        lib=LIB,
        script="import lib\nTOTAL = lib.LIMIT\ndef one():\n    pass\n",
        test_a="""\
            import runner
            def test_script():
                assert runner.run("script.py")
            """,
        test_c=TESTS["test_c"])
    if kind == "imported":
        project.files(test_0="""\
            import script
            def test_imported():
                script.one()
            """)
    project.write("site-packages/runner.py", """\
        def run(path):
            names = {}
            with open(path) as file:
                exec(compile(file.read(), path, "exec"), names)
            return names
        """)
    project.env["PYTHONPATH"] = ".:site-packages"
    project.pytest().ok()
    _check(project, ["test_a.py::test_script"], [
        "test_0.py::test_imported"] if kind == "imported" else [])


DOCTOR = """\
    import marshal, pathlib, sys
    path, = pathlib.Path("__pycache__").glob(sys.argv[1])
    data = path.read_bytes()
    code = marshal.loads(data[16:])
    code = code.replace(co_consts=tuple(
        each.replace(co_filename="/made/up.py")
        if hasattr(each, "co_consts") else each for each in code.co_consts))
    path.write_bytes(data[:16] + marshal.dumps(code))
    """


# The others look at what is inside when the module begins to run.
@pytest.mark.parametrize("python", [
    name for name in PYTHONS if name == "3.11"], indirect=True)
def test_bytecode_with_other_names_inside(project, python):  # noqa: F811
    """pytest makes it anew; what Python loads is its own business."""
    project.python = python
    project.files(
        lib=LIB, plug=PLUG.replace(" * 2", ""), doctor=DOCTOR,
        test_a="""\
            import lib
            def test_mentions():
                assert lib.LIMIT
            def test_one():
                assert lib.one() == 1
            """,
        test_b="import plug\ndef test_plug():\n    assert plug.limit()\n",
        test_c=TESTS["test_c"])
    project.env["PYTHONPATH"] = "."
    project.plain().ok()
    for pattern in ("test_a.*-pytest-*.pyc", "plug.*.pyc"):
        project.sh(project.python, "doctor.py", pattern).ok()
    project.pytest().ok()
    assert _units(project, "lib.py", "LIMIT = 3", "LIMIT = 33") == [
        "test_a.py::test_mentions", "test_b.py::test_plug"]
    assert _units(project, "lib.py", "return 1", "return 2") == [
        "test_a.py::test_one", "test_c.py::test_one"]


@pytest.mark.parametrize("loader", ["MadeUp", "Transforming"])
def test_a_module_that_fails_to_load(project, loader):
    _files(project, "import loader", plug="""\
        import lib
        if lib.LIMIT < 9:
            raise ValueError
        """)
    project.write("site-packages/loader.py",
                  textwrap.dedent(LOADER) % loader)
    project.env["PYTHONPATH"] = ".:site-packages"
    project.files(test_a="""\
        def test_failing():
            try:
                import plug
            except ValueError:
                plug = None
            assert plug is None
        """)
    (project.root / "sub" / "conftest.py").unlink()
    (project.root / "sub" / "test_b.py").unlink()
    project.pytest().ok()
    _check(project, ["test_a.py::test_failing"])
