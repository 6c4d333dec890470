# SPDX-License-Identifier: MIT
"""Which source a module scope says it was loaded from, and what it read."""

import sys

import pytest

LIB = "def value():\n    return 1\n"


def sources_of(record, name):
    """The base names of the sources that a unit reaches."""
    return {path.rpartition("/")[2] for scope in record.unit(name)
            for path in record.sources.get(scope, ())}


def both_ways(project, *args, **more):
    """Recorded without bytecode, and again with what the first run left."""
    yield project.same(*args, **more).record
    folder = project.root / "kept"
    env = dict(more.pop("env", {}), PYTHONPYCACHEPREFIX=str(folder))
    project.traced(*args, env=env, **more)
    yield project.traced(*args, env=env, **more).record


@pytest.mark.parametrize("options", [
    (), ("--import-mode=importlib",), ("--assert=plain",),
], ids=" ".join)
def test_sources_are_said_and_not_read(project, options):
    project.file("tests/conftest.py", """
        import pytest
        @pytest.fixture
        def one():
            return 1
    """)
    project.write(lib=LIB, pkg__part=LIB)
    project.file("pkg/__init__.py", "from . import part\n")
    project.file("tests/test_a.py", """
        import lib, pkg
        def test_it(one):
            assert lib.value() == one
    """)
    project.file("tests/test_b.py", "def test_it(): pass\n")
    env = {"PYTHONPATH": str(project.root)}
    for record in both_ways(project, "-q", *options, env=env):
        for name, mine in (
                ("a", {"conftest.py", "test_a.py", "lib.py", "part.py",
                       "__init__.py"}),
                ("b", {"conftest.py", "test_b.py"})):
            unit = "tests/test_%s.py::test_it" % name
            assert sources_of(record, unit) == mine
            assert not record.reads_of(unit) & {
                "test_a.py", "test_b.py", "conftest.py", "lib.py", "part.py"}
        assert all(scope.startswith("module/") for scope in record.sources)


def test_where_a_test_is_may_be_asked(project):
    """A test that is skipped by its mark is reported with its line."""
    project.file("test_a.py", """
        import pytest
        @pytest.mark.skip
        def test_skipped(): pass
        @pytest.mark.skipif(True, reason="no")
        def test_too(): pass
        def test_late():
            pytest.skip("no")
        def test_it(): pass
    """)
    record = project.same("-v").record
    for name in record.units():
        assert "test_a.py" not in record.reads_of(name), name


def test_without_functions_whole_files_are_read(project):
    project.write(lib=LIB)
    project.file("test_a.py", "import lib\n\ndef test_it(): pass\n")
    record = project.same("-q", env={"FTRACE_FUNCTIONS": "off"}).record
    assert not record.sources
    assert {"test_a.py", "lib.py"} <= record.reads_of("test_a.py::test_it")


CUSTOM = {
    "subclass": """
        from importlib.machinery import SourceFileLoader
        class Loader(SourceFileLoader):
            pass
        """,
    "instance": """
        from importlib.machinery import SourceFileLoader
        def Loader(name, path):
            loader = SourceFileLoader(name, path)
            loader.get_data = lambda path: open(path, "rb").read()
            return loader
        """,
    "patched": """
        from importlib.machinery import SourceFileLoader
        previous = SourceFileLoader.source_to_code
        def source_to_code(self, data, path):
            return previous(self, data.replace(b"1", b"2"), path)
        def Loader(name, path):
            SourceFileLoader.source_to_code = source_to_code
            return SourceFileLoader(name, path)
        """,
}


@pytest.mark.parametrize("kind", sorted(CUSTOM))
def test_custom_loaders_read_whole_files(project, kind):
    project.write(lib=LIB)
    project.file("custom.py", CUSTOM[kind])
    project.file("test_a.py", """
        import importlib.util, sys
        from custom import Loader

        class Finder:
            @staticmethod
            def find_spec(name, path, target=None):
                if name == "lib":
                    return importlib.util.spec_from_file_location(
                        name, "lib.py", loader=Loader(name, "lib.py"))

        sys.meta_path.insert(0, Finder)

        def test_it():
            import lib
    """)
    record = project.same("-q").record
    assert "lib.py" in record.reads_of("test_a.py::test_it")
    assert "lib.py" not in sources_of(record, "test_a.py::test_it")
    assert "opaque/" in record.uses["module/lib"]


def test_other_ways_to_run_a_file_read_it(project):
    project.write(lib=LIB)
    project.file("test_a.py", """
        import importlib.machinery, importlib.util, runpy, zipimport, zipfile

        def test_exec():
            exec(compile(open("lib.py").read(), "lib.py", "exec"), {})

        def test_path():
            runpy.run_path("lib.py")

        def test_module():
            runpy.run_module("lib")

        def test_get_code():
            loader = importlib.machinery.SourceFileLoader("lib", "lib.py")
            loader.get_code("lib")
    """)
    record = project.same("-q", env={"PYTHONPATH": str(project.root)}).record
    for name in ("exec", "path", "module", "get_code"):
        unit = "test_a.py::test_" + name
        assert "lib.py" in record.reads_of(unit), name
        assert "lib.py" not in sources_of(record, unit), name


def test_code_of_another_file_is_no_source(project):
    """Bytecode of pytest's may tell of where the file lay before."""
    project.file("test_a.py", "def test_it(): pass\n")
    project.file("conftest.py", """
        import _pytest.assertion.rewrite as rewrite
        previous = rewrite._rewrite_test
        def changed(fn, config):
            stat, code = previous(fn, config)
            return stat, code.replace(co_filename="/elsewhere/test_a.py")
        rewrite._rewrite_test = changed
    """)
    record = project.traced("-q", "-p", "no:cacheprovider").record
    assert record.sources["module/conftest@conftest.py"]
    assert "module/test_a" not in record.sources
    assert any(block == "read//%s/test_a.py" % project.root
               for block in record.blocks["module/test_a"])


def test_a_source_that_cannot_be_compiled_is_read(project):
    project.file("lib.py", "def (:\n")
    project.file("test_a.py", """
        import pytest
        def test_it():
            with pytest.raises(SyntaxError):
                import lib
    """)
    project.file("test_b.py", "assert (:\n")
    record = project.traced(
        "-q", "--continue-on-collection-errors").record
    assert not any(path.endswith(("lib.py", "test_b.py"))
                   for paths in record.sources.values() for path in paths)
    assert "read//%s/lib.py" % project.root in record.blocks["module/lib"]
    assert ("read//%s/test_b.py" % project.root
            in record.blocks["module/test_b"])


BY_HAND = """
    import importlib.util
    import sys

    def load(name, path, register=False):
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        if register:
            sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
"""


def test_modules_loaded_by_hand(project):
    project.file("loader.py", BY_HAND)
    for name in ("one", "two", "three"):
        project.file("plugins/%s.py" % name, "import dep_%s\n" % name)
        project.write(**{"dep_" + name: ""})
    project.file("test_a.py", """
        from loader import load
        one = load("plugin", "plugins/one.py")
        def test_it(): pass
        def test_two():
            load("plugin", "plugins/two.py")
        def test_three():
            load("third", "plugins/three.py", True)
    """)
    project.file("test_b.py", """
        def test_cached():
            import third
    """)
    project.file("test_c.py", "def test_none(): pass\n")
    record = project.same("-q", env={"PYTHONPATH": str(project.root)}).record

    def plugins(name):
        return sources_of(record, name) & {
            "one.py", "two.py", "three.py", "dep_one.py", "dep_two.py",
            "dep_three.py"}

    one = {"one.py", "dep_one.py"}
    assert plugins("test_a.py::test_it") >= one
    assert plugins("test_a.py::test_two") >= one | {"two.py", "dep_two.py"}
    third = {"three.py", "dep_three.py"}
    assert plugins("test_a.py::test_three") >= third
    assert plugins("test_b.py::test_cached") == third
    assert plugins("test_c.py::test_none") == set()


def test_a_copy_by_hand_leaves_the_module_alone(project):
    """It has the name of another one that is imported."""
    project.file("loader.py", BY_HAND)
    project.write(lib="import dep\n", dep="", other__lib="")
    project.file("test_a.py", """
        import lib
        from loader import load
        copy = load("lib", "other/lib.py")
        def test_it(): pass
    """)
    project.file("test_b.py", """
        def test_it():
            import lib
    """)
    record = project.same("-q").record
    assert sources_of(record, "test_b.py::test_it") == {
        "test_b.py", "lib.py", "dep.py"}


def test_reload_and_lazy_modules(project):
    project.write(lib="import dep\n", dep="", lazy="import deep\n", deep="")
    project.file("test_a.py", """
        import importlib, importlib.util, sys
        import lib

        def test_reload():
            importlib.reload(lib)

        def test_lazy():
            spec = importlib.util.find_spec("lazy")
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = importlib.util.module_from_spec(spec)
            sys.modules["lazy"] = module
            spec.loader.exec_module(module)
            assert module.deep
    """)
    project.file("test_b.py", """
        def test_lib():
            import lib
        def test_lazy():
            import lazy
    """)
    record = project.same("-q").record
    mine = {"test_b.py", "lib.py", "dep.py", "lazy.py", "deep.py"}
    for name in ("test_b.py::test_lib", "test_b.py::test_lazy"):
        assert not record.reads_of(name) & mine
    assert {"lib.py", "dep.py"} <= sources_of(record, "test_b.py::test_lib")
    assert {"lazy.py", "deep.py"} <= sources_of(record, "test_b.py::test_lazy")


def test_conftests_of_importmode_importlib(project):
    """Each belongs to the tests below it, whoever came first."""
    project.write(dir_a__conftest="import only_a\n", only_a="",
                  dir_b__conftest="import only_b\n", only_b="")
    for name in ("dir_a/test_1", "dir_a/test_2", "dir_b/test_3"):
        project.file(name + ".py", "def test_it(): pass\n")
    record = project.same("-q", "--import-mode=importlib",
                          env={"PYTHONPATH": str(project.root)}).record
    for name in ("dir_a/test_1", "dir_a/test_2", "dir_b/test_3"):
        found = sources_of(record, name + ".py::test_it")
        only = {"only_a.py", "only_b.py"} & found
        assert only == {"only_%s.py" % name[4]}, name
        assert "conftest.py" in found


@pytest.mark.skipif(sys.version_info < (3, 9), reason="not supported")
def test_sourceless_modules(project):
    project.file("test_a.py", """
        import os, py_compile, sys
        with open("gone.py", "w") as file:
            file.write("VALUE = 1\\n")
        py_compile.compile("gone.py", "gone.pyc")
        os.unlink("gone.py")
        def test_it():
            import gone
            assert gone.VALUE == 1
    """)
    record = project.traced("-q").record
    assert "gone.pyc" in record.reads_of("test_a.py::test_it")
    assert sources_of(record, "test_a.py::test_it") == {"test_a.py"}
