# SPDX-License-Identifier: MIT
"""Installed distributions: an upgrade selects who uses them.

They are written into the site-packages of an environment of the test's own,
as an installer would do it; pytest comes from where it is otherwise.
"""

import hashlib
import os
import shutil
import tempfile
import textwrap
from pathlib import Path

import pytest

from helpers import SOURCE


class Packages:
    """A folder of packages, and what is installed in it."""

    def __init__(self, place):
        self.place = place

    def path(self, name):
        return str(self.place / name)

    def _write(self, name, text):
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = textwrap.dedent(text).encode()
        path.write_bytes(data)
        return "%s,sha256=%s,%d\n" % (
            name, hashlib.sha256(data).hexdigest(), len(data))

    def install(self, name, files, version="1", entries=None):
        """Installs a distribution, or another version of it."""
        self.remove(name)
        info = "%s-%s.dist-info" % (name, version)
        files = dict(files, **{
            info + "/METADATA": "Metadata-Version: 2.1\nName: %s\n"
                                "Version: %s\n" % (name, version)})
        if entries is not None:
            files[info + "/entry_points.txt"] = entries
        record = [self._write(*each) for each in files.items()]
        self._write(info + "/RECORD", "".join(record) + info + "/RECORD,,\n")

    def remove(self, name):
        for info in list(self.place.glob(name + "-*.dist-info")):
            for line in (info / "RECORD").read_text().splitlines():
                path = self.place / line.partition(",")[0]
                if path.exists():
                    path.unlink()
                # What imports have left.
                shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
                while path.parent != self.place and not (
                        path.parent.exists() and os.listdir(path.parent)):
                    path = path.parent
                    if path.exists():
                        path.rmdir()


def _environment(project, folder):
    """Gives a project an environment of its own; returns its packages."""
    theirs = project.sh(project.python, "-c", "import pytest; "
                        "print(pytest.__path__[0])").ok().out
    project.sh(project.python, "-m", "venv", "--without-pip", folder).ok()
    place, = folder.glob("lib/python3*/site-packages")
    (place / "theirs.pth").write_text(os.path.dirname(theirs.strip()) + "\n")
    project.python = folder / "bin/python"
    return Packages(place)


@pytest.fixture
def packages(project):
    """Not in a temporary directory: there new names are nobody's concern.

    That does not hold for what is in the project.
    """
    build = SOURCE / "build"
    if str(build).startswith(("/tmp/", "/var/tmp/", tempfile.gettempdir())):
        build = project.root
    with tempfile.TemporaryDirectory(dir=str(build)) as folder:
        yield _environment(project, Path(folder))


def _units(*names):
    return sorted("test_%s.py::test_%s" % (name.partition(".")[0],
                                           name.rpartition(".")[2])
                  for name in names)


LIB = {"lib/__init__.py": "def value():\n    return 1\n",
       "lib/data.txt": "1\n"}
TESTS = {
    "test_direct": """\
        import lib
        def test_direct():
            assert lib.value()
        """,
    "test_other": "def test_other():\n    pass\n",
}


def test_upgrade_selects_users(project, packages):
    packages.install("lib", LIB)
    packages.install("deep", {"deep.py": "import lib\n"})
    packages.install("apart", {"apart.py": ""})
    project.files(
        helper="def get():\n    import lib\n    return lib\n",
        test_deep="import deep\ndef test_deep():\n    pass\n",
        conftest="""\
            import pytest
            @pytest.fixture(scope="session")
            def given():
                return __import__("lib", {})
            """,
        test_given="def test_given(given):\n    assert given.value()\n",
        test_fixture="def test_fixture(given):\n    assert given.value()\n",
        test_late="""\
            def test_first():
                import lib
            def test_cached():
                import lib
            """,
        test_name="""\
            import importlib
            def test_name():
                assert importlib.import_module("lib").value()
            """,
        test_helper="import helper\ndef test_helper():\n    helper.get()\n",
        test_apart="import apart\ndef test_apart():\n    pass\n",
        **TESTS)
    project.pytest().ok()
    assert project.affected_units() == []
    users = _units("direct", "deep", "given", "fixture", "late.first",
                   "late.cached", "name", "helper")
    packages.install("lib", dict(LIB, **{"lib/__init__.py": "value = str\n"}),
                     version="2")
    assert project.affected_units() == users
    packages.install("lib", LIB)
    assert project.affected_units() == []
    # The same code with another number: perhaps not for who looks at that.
    packages.install("lib", LIB, version="3")
    assert project.affected_units() == users
    packages.remove("lib")
    assert project.affected_units() == users


def test_first_loaded_without_a_statement(project, packages):
    """Who loads a package uses all of it, as who imports it later does."""
    packages.install("lib", LIB)
    project.files(
        test_name="""\
            import importlib
            def test_name():
                assert importlib.import_module("lib").value()
            """,
        test_other=TESTS["test_other"])
    project.pytest().ok()
    packages.install("lib", dict(LIB, **{"lib/data.txt": "2\n"}), "2")
    assert project.affected_units() == _units("name")


def test_same_version_again_selects_nothing(project, packages):
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest().ok()
    packages.install("lib", LIB)
    assert project.affected_units() == []


def test_hand_edit(project, packages):
    packages.install("lib", LIB)
    project.files(
        test_data="""\
            import os
            import lib
            def test_data():
                path = os.path.join(lib.__path__[0], "data.txt")
                with open(path) as file:
                    assert file.read() == "1\\n"
            """,
        **TESTS)
    project.pytest().ok()
    with project.edited(packages.path("lib/__init__.py")):
        assert project.affected_units() == _units("direct", "data")
        assert "lib/__init__.py" in project.ftrace(
            "why", "test_direct.py::test_direct").ok().out
        changed, = project.json("changed")["files"]
        assert packages.path("lib/__init__.py").endswith(changed["path"])
    with project.edited(packages.path("lib/data.txt")):
        assert project.affected_units() == _units("data")
    # An upgrade may come with data that somebody has in memory.
    packages.install("lib", dict(LIB, **{"lib/data.txt": "2\n"}))
    assert project.affected_units() == _units("direct", "data")


def test_submodule_that_another_test_has_loaded(project, packages):
    files = dict(LIB, **{
        "lib/__init__.py": """\
            def value():
                from . import late
                return late.VALUE
            """,
        "lib/late.py": "VALUE = 1\n"})
    packages.install("lib", files)
    project.files(
        test_a="import lib\ndef test_a():\n    assert lib.value()\n",
        test_b="import sys\nimport lib\n"
               "def test_b():\n    assert sys.modules['lib.late'].VALUE\n",
        test_c="def test_c():\n    pass\n")
    project.pytest().ok()
    with project.edited(packages.path("lib/late.py")):
        assert project.affected_units() == _units("a", "b")


def test_module_that_is_loaded_lazily(project, packages):
    packages.install("lib", {
        "lib/__init__.py": """\
            import importlib.util, sys
            spec = importlib.util.find_spec("lib.late")
            loader = importlib.util.LazyLoader(spec.loader)
            spec.loader = loader
            late = importlib.util.module_from_spec(spec)
            sys.modules["lib.late"] = late
            loader.exec_module(late)
            """,
        "lib/late.py": "VALUE = 1\n"})
    body = "import lib\ndef test_%s():\n    assert lib.late.VALUE\n"
    project.files(test_a=body % "a", test_b=body % "b",
                  test_c="def test_c():\n    pass\n")
    project.pytest().ok()
    with project.edited(packages.path("lib/late.py")):
        assert project.affected_units() == _units("a", "b")


def test_a_package_that_another_asks_the_library_for(project, packages):
    """Once loaded by its entry point, it is kept by who asked."""
    packages.install("lib", {"lib.py": "VALUE = 1\n"},
                     entries="[drivers]\nlib = lib\n")
    packages.install("stage", {"stage.py": """\
        from importlib import metadata
        found = {}
        def load(name):
            if name not in found:
                for each in metadata.distributions():
                    for entry in each.entry_points:
                        if (entry.group, entry.name) == ("drivers", name):
                            found[name] = entry.load()
            return found[name]
        """})
    body = "import stage\ndef test_%s():\n    assert stage.load('lib').VALUE\n"
    project.files(test_a=body % "a", test_b=body % "b",
                  test_c="def test_c():\n    pass\n")
    project.pytest().ok()
    with project.edited(packages.path("lib.py")):
        assert project.affected_units() == _units("a", "b")


def test_namespace_package(project, packages):
    packages.install("space_one", {"space/one.py": "VALUE = 1\n"})
    packages.install("space_two", {"space/two/__init__.py": "VALUE = 1\n"})
    project.files(
        test_one="def test_one():\n    from space import one\n",
        test_two="import space.two\ndef test_two():\n    pass\n",
        test_other="def test_other():\n    pass\n")
    project.pytest().ok()
    # One folder is one package.
    packages.install("space_one", {"space/one.py": "VALUE = 2\n"}, "2")
    assert project.affected_units() == _units("one", "two")


def test_new_distribution(project, packages):
    packages.install("lib", LIB)
    project.files(
        test_maybe="""\
            try:
                import extra
            except ImportError:
                extra = None
            def test_maybe():
                pass
            """,
        **TESTS)
    project.pytest().ok()
    packages.install("unrelated", {"unrelated.py": ""},
                     entries="[console_scripts]\nunrelated = unrelated:x\n")
    assert project.affected_units() == []
    packages.install("unrelated", {"unrelated.py": "1\n"}, "2",
                     entries="[console_scripts]\nunrelated = unrelated:y\n")
    assert project.affected_units() == []
    packages.remove("unrelated")
    assert project.affected_units() == []
    packages.install("extra", {"extra.py": ""})
    assert project.affected_units() == _units("maybe")
    packages.remove("extra")
    # Something in front of a module that is there.
    packages.install("shadow", {"lib.cpython-00.so": "", "lib.py": ""})
    assert project.affected_units() == _units("direct")


def test_entry_points_that_pytest_has_read_are_nothing_to_it(
        project, packages):
    packages.install("lib", LIB, entries="[console_scripts]\nlib = lib:x\n")
    project.files(**TESTS)
    project.pytest().ok()
    packages.install("lib", LIB, entries="[console_scripts]\nlib = lib:y\n")
    assert project.affected_units() == _units("direct")
    packages.remove("lib")
    assert project.affected_units() == _units("direct")


def test_new_plugin(project, packages):
    project.files(**TESTS)
    packages.install("lib", LIB)
    project.pytest().ok()
    everything = _units("direct", "other")
    entries = "[pytest11]\nplug = plug\n"
    packages.install("plug", {"plug.py": ""}, entries=entries)
    assert project.affected_units() == everything
    project.pytest().ok()
    assert project.affected_units() == []
    # Another version, another file of it, another entry, none at all.
    packages.install("plug", {"plug.py": ""}, "2", entries=entries)
    assert project.affected_units() == everything
    packages.install("plug", {"plug.py": ""}, entries=entries)
    assert project.affected_units() == []
    with project.edited(packages.path("plug.py")):
        assert project.affected_units() == everything
    with project.edited(packages.path("plug-1.dist-info/entry_points.txt"),
                        "plug = ", "plug2 = "):
        assert project.affected_units() == everything
    # Without it all is as it was at first.
    packages.remove("plug")
    assert project.affected_units() == []


def test_new_plugin_where_there_was_none(project, packages):
    """An installed distribution of the same name becomes a plugin."""
    packages.install("lib", LIB, entries="[console_scripts]\nx = lib:x\n")
    project.files(**TESTS)
    project.pytest().ok()
    packages.install("lib", LIB, entries="[pytest11]\nx = lib\n")
    assert project.affected_units() == _units("direct", "other")


@pytest.mark.parametrize("when", ["early", "late", "once"])
def test_what_a_plugin_uses(project, packages, when):
    """It is used by every test, when ever it was loaded."""
    packages.install("lib", {
        "lib/__init__.py": "", "lib/more.py": "", "lib/most.py": ""})
    packages.install("plug", {
        "plug.py": {
            "early": "import lib\n",
            "late": "def pytest_configure():\n    import lib.more\n",
            "once": """\
                lib = None
                def pytest_runtest_setup():
                    global lib
                    if lib is None:
                        import lib.more
                        lib = lib.more
                """}[when]}, entries="[pytest11]\nplug = plug\n")
    project.files(
        test_direct="import lib.most\ndef test_direct():\n    pass\n",
        test_other="def test_other():\n    pass\n")
    project.pytest().ok()
    everything = _units("direct", "other")
    with project.edited(packages.path("lib/__init__.py")):
        assert project.affected_units() == everything
    with project.edited(packages.path("lib/most.py")):
        assert project.affected_units() == everything


def test_plugin_that_a_conftest_names(project, packages):
    packages.install("plug", {"plug.py": """\
        def pytest_runtest_setup():
            pass
        """})
    project.files(conftest="pytest_plugins = ['plug']\n", **TESTS)
    packages.install("lib", LIB)
    project.pytest().ok()
    with project.edited(packages.path("plug.py")):
        assert project.affected_units() == _units("direct", "other")


def test_plugin_that_asks_for_distributions(project, packages):
    """What it has found out by then nobody can tell."""
    packages.install("plug", {"plug.py": """\
        from importlib import metadata
        known = [each.version for each in metadata.distributions()]
        """}, entries="[pytest11]\nplug = plug\n")
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest().ok()
    packages.install("unrelated", {"unrelated.py": ""})
    assert project.affected_units() == _units("direct", "other")


def test_plugin_that_could_not_import(project, packages):
    packages.install("plug", {"plug.py": """\
        import importlib
        try:
            import extra
        except ImportError:
            extra = None
        try:
            more = importlib.import_module("more.parts")
        except ImportError:
            more = None
        """}, entries="[pytest11]\nplug = plug\n")
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest().ok()
    for name in ("extra", "more"):
        packages.install(name, {name + "/__init__.py": ""})
        assert project.affected_units() == _units("direct", "other"), name
        packages.remove(name)
        assert project.affected_units() == []


def test_path_file(project, packages):
    """Whatever it does, Python does it at the start."""
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest().ok()
    (packages.place / "new.pth").write_text("\n")
    assert project.affected_units() == _units("direct", "other")


def test_environment_in_the_project(project):
    packages = _environment(project, project.root / ".venv")
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest().ok()
    packages.install("unrelated", {"unrelated.py": ""})
    assert project.affected_units() == []
    packages.install("lib", LIB, "2")
    assert project.affected_units() == _units("direct")


def test_audit_finds_no_gap(project, packages):
    packages.install("lib", LIB)
    packages.install("deep", {"deep.py": "import lib\n"})
    project.files(test_deep="import deep\ndef test_deep():\n    pass\n",
                  **TESTS)
    project.pytest().ok()
    result = project.ftrace("audit", "-n", "3", "--", project.python, "-m",
                            "pytest")
    assert result.code == 0, result


@pytest.fixture
def with_plugins(project):
    """Before an environment is made of it."""
    project.with_plugins()


def test_xdist(project, with_plugins, packages):
    pytest.importorskip("xdist")
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest("-n", "2").ok()
    assert project.affected_units() == []
    packages.install("unrelated", {"unrelated.py": ""})
    assert project.affected_units() == []
    packages.install("lib", LIB, "2")
    assert project.affected_units() == _units("direct")
    packages.install("plug", {"plug.py": ""},
                     entries="[pytest11]\nplug = plug\n")
    assert project.affected_units() == _units("direct", "other")


def test_part_of_the_suite(project, packages):
    packages.install("lib", LIB)
    project.files(**TESTS)
    project.pytest().ok()
    project.pytest("test_other.py").ok()
    packages.install("lib", LIB, "2")
    assert project.affected_units() == _units("direct")
    project.pytest("test_direct.py").ok()
    assert project.affected_units() == []


def test_metadata_of_a_distribution(project, packages):
    """Who asks for a version depends on it, and on where it was sought."""
    packages.install("lib", LIB)
    project.files(
        test_version="""\
            from importlib import metadata
            def test_version():
                assert metadata.version("lib")
            """,
        **TESTS)
    project.pytest().ok()
    packages.install("lib", LIB, "2")
    assert project.affected_units() == _units("direct", "version")
