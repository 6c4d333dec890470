# SPDX-License-Identifier: MIT
"""Which module uses which, and that nothing shows."""

import shutil
import sys

import pytest

PACKAGE = {
    "pkg/__init__.py": "from .core import VALUE\n",
    "pkg/core.py": "VALUE = 1\n",
    "pkg/lazy.py": "VALUE = 2\n",
    "pkg/sub/__init__.py": "",
    "pkg/sub/leaf.py": "VALUE = 3\n",
    "pkg/other.py": "VALUE = 4\n",
}


@pytest.fixture
def package(project):
    for name, text in PACKAGE.items():
        project.file(name, text)
    return project


def test_closure_of_a_test_module(package):
    package.file("test_a.py", """
        import pkg

        def test_it():
            assert pkg.VALUE == 1
    """)
    package.file("test_b.py", "def test_it(): pass\n")
    record = package.same("-q").record
    mine = record.unit("test_a.py::test_it")
    assert {"module/test_a", "module/pkg", "module/pkg.core"} <= mine
    assert "module/pkg.lazy" not in mine
    assert "module/pkg" not in record.unit("test_b.py::test_it")


def test_a_module_that_was_of_no_interest(package):
    """Something is loaded later whose name begins with the same part."""
    package.file("parts/part.py", "VALUE = 1\n")
    package.file("test_a.py", """
        import sys
        import types

        def test_first():
            made = sys.modules["made"] = types.ModuleType("made")
            made.__path__ = ["parts"]
            import made

        def test_again():
            import made

        def test_loaded():
            from made import part
            assert part.VALUE == 1
    """)
    package.file("test_b.py", """
        def test_cached():
            from made import part
            assert part.VALUE == 1
    """)
    record = package.same("-q", "-p", "no:randomly").record
    assert "module/made.part" in record.unit("test_a.py::test_loaded")
    assert "module/made.part" in record.unit("test_b.py::test_cached")


def test_imports_inside_functions_first_and_cached(package):
    package.file("test_a.py", """
        import importlib

        def test_first():
            from pkg.sub import leaf
            assert leaf.VALUE == 3

        def test_nothing():
            pass
    """)
    package.file("test_b.py", """
        import importlib

        def test_from_submodule():
            from pkg.sub import leaf

        def test_dotted():
            import pkg.sub.leaf

        def test_import_module():
            importlib.import_module("pkg.sub.leaf")

        def test_relative():
            importlib.import_module(".leaf", "pkg.sub")

        def test_keywords():
            __import__(name="pkg.sub", fromlist=["leaf"])
    """)
    record = package.same("-q").record
    for name in ("test_from_submodule", "test_dotted", "test_import_module",
                 "test_relative", "test_keywords"):
        uses = record.uses["unit/pytest/test_b.py::" + name]
        assert "module/pkg.sub.leaf" in uses, name
        assert "module/pkg" in record.unit("test_b.py::" + name)
    # The importing module may have kept what it imported.
    assert "module/pkg.sub.leaf" in record.uses["module/test_a"]


def test_lazy_attribute_of_a_package(package):
    package.file("pkg/__init__.py", """
        def __getattr__(name):
            import importlib
            if name != "LAZY":
                raise AttributeError(name)
            value = importlib.import_module(".lazy", __name__).VALUE
            globals()["LAZY"] = value
            return value
    """)
    for name in ("a", "b"):
        package.file("test_%s.py" % name, """
            def test_it():
                from pkg import LAZY
        """)
    record = package.same("-q").record
    for name in ("a", "b"):
        assert "module/pkg.lazy" in record.unit("test_%s.py::test_it" % name)


def test_relative_star_and_alias(package):
    package.file("pkg/__init__.py", "__all__ = ['core']\n")
    package.file("pkg/user.py", """
        from . import other
        from .sub.leaf import VALUE
    """)
    package.file("test_a.py", "from pkg import core, user\n\n"
                              "def test_it(): pass\n")
    package.file("test_b.py", """
        import sys
        import pkg.core
        sys.modules["renamed"] = sys.modules["pkg.core"]

        def test_alias():
            import renamed

        def test_star():
            exec("from pkg import *", {"__name__": "test_b"})
    """)
    record = package.same("-q").record
    mine = record.unit("test_a.py::test_it")
    assert {"module/pkg.other", "module/pkg.sub.leaf"} <= mine
    for name in ("test_alias", "test_star"):
        uses = record.uses["unit/pytest/test_b.py::" + name]
        assert "module/pkg.core" in uses, name


def test_import_in_a_thread(package):
    package.file("test_a.py", """
        import threading

        def load():
            import pkg.sub.leaf

        def test_it():
            thread = threading.Thread(target=load)
            thread.start()
            thread.join()
    """)
    record = package.same("-q").record
    assert "module/pkg.sub.leaf" in record.unit("test_a.py::test_it")


def test_third_party_modules_belong_to_every_test(package):
    package.file("test_a.py", """
        def test_it():
            import colorsys

        def test_other():
            pass
    """)
    record = package.same("-q").record
    assert "module/colorsys" in record.unit("test_a.py::test_other")


def test_looked_for_places(package):
    package.file("test_a.py", """
        import pytest

        def test_it():
            with pytest.raises(ImportError):
                import pkg.missing
    """)
    record = package.same("-q").record
    wanted = "list/missing/%s/pkg" % package.root
    scopes = [scope for scope, blocks in record.blocks.items()
              if wanted in blocks]
    assert scopes == ["module/pkg.missing"]
    assert "module/pkg.missing" in record.unit("test_a.py::test_it")


FAILURES = {
    "broken.py": "def broken(:\n",
    "raising.py": "def function():\n    raise ValueError('here')\n"
                  "\nfunction()\n",
    "absent.py": "import there_is_no_such_module\n",
    "warning.py": "import warnings\n"
                  "warnings.warn('look', DeprecationWarning, stacklevel=2)\n"
                  "warnings.warn('here', UserWarning)\n",
    "test_a.py": """
        import importlib
        import inspect
        import traceback

        import pytest

        def fails(name):
            try:
                importlib.import_module(name)
            except Exception:
                traceback.print_exc()

        @pytest.fixture(scope="module")
        def wide():
            raise ValueError

        @pytest.fixture
        def narrow(tmp_path):
            yield
            raise ValueError

        def test_wide(wide): pass
        def test_narrow(narrow): pass

        def test_statement():
            import raising

        def test_import_module():
            importlib.import_module("raising")

        @pytest.mark.parametrize("name", ["broken", "raising", "absent"])
        def test_printed(name, capsys):
            fails(name)
            print(capsys.readouterr().err)
            assert 0

        def test_missing():
            from raising import nothing

        def test_absent():
            import absent

        def test_warning():
            import warning

        def test_bad_calls():
            for arguments in ((), (1,), ("",), ("x", None, None, (), -1)):
                try:
                    __import__(*arguments)
                except Exception as error:
                    print(type(error), error)
            assert 0

        def test_import_itself():
            print(__import__, __import__.__name__, __import__.__doc__)
            print(inspect.signature(__import__), __import__.__module__)
            assert __import__("os", level=0).sep == "/"
            assert 0
    """,
    "test_broken.py": "import broken\n",
    "test_raising.py": "import raising\n",
}


@pytest.mark.parametrize("options", [
    (), ("--tb=native", "--import-mode=importlib"),
    ("--tb=short", "-W", "always"), ("-W", "error"),
], ids=" ".join)
def test_tracebacks_and_warnings_are_the_same(project, options):
    for name, text in FAILURES.items():
        project.file(name, text)
    env = {"PYTHONPATH": str(project.root)}
    project.same(*options, "--continue-on-collection-errors", env=env)


def test_without_the_extension(package, tmp_path):
    fallback = tmp_path / "fallback"
    shutil.copytree(package.adapter, fallback,
                    ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    package.file("test_a.py", """
        import importlib

        def test_first():
            import pkg.sub.leaf

        def test_cached():
            from pkg.sub import leaf

        def test_failing():
            import there_is_no_such_module
    """)
    first = package.same("-q").record
    package.adapter = fallback
    second = package.same("-q").record
    assert first.uses == second.uses
    assert first.blocks == second.blocks


def test_importmode_importlib(package):
    package.file("tests/conftest.py", "import pkg.lazy\n")
    package.file("tests/test_a.py", "import pkg.sub.leaf\n\n"
                                    "def test_it(): pass\n")
    env = {"PYTHONPATH": str(package.root)}
    record = package.same("-q", "--import-mode=importlib", env=env).record
    mine = record.unit("tests/test_a.py::test_it")
    assert {"module/pkg.sub.leaf", "module/pkg.lazy"} <= mine


def test_conftests_are_told_apart(project):
    project.file("conftest.py", "")
    for name in ("a", "b"):
        project.file("dir_%s/conftest.py" % name, "import only_%s\n" % name)
        project.file("only_%s.py" % name, "")
        project.file("dir_%s/test_%s.py" % (name, name),
                     "def test_it(): pass\n")
    record = project.same("-q").record
    mine = record.unit("dir_a/test_a.py::test_it")
    assert "module/conftest@conftest.py" in mine
    assert "module/conftest@dir_a/conftest.py" in mine
    assert "module/only_a" in mine
    assert "module/only_b" not in mine


def test_a_conftest_with_a_hook_for_all(project):
    project.file("dir_a/conftest.py", """
        def pytest_collection_modifyitems(items):
            items.reverse()
    """)
    for name in ("a", "b"):
        project.file("dir_%s/test_%s.py" % (name, name),
                     "def test_it(): pass\n")
    record = project.same("-q").record
    assert ("module/conftest@dir_a/conftest.py"
            in record.unit("dir_b/test_b.py::test_it"))


@pytest.mark.skipif(sys.version_info < (3, 9), reason="not supported")
def test_namespace_packages(project):
    project.file("space/leaf.py", "")
    project.file("test_a.py", "def test_it():\n    import space.leaf\n")
    record = project.same("-q").record
    mine = record.unit("test_a.py::test_it")
    assert {"module/space", "module/space.leaf"} <= mine
    assert "list/__init__/%s/space" % project.root in record.blocks[
        "module/space"]
