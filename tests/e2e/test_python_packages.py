# SPDX-License-Identifier: MIT
"""Metadata, resources and the places that modules are looked for in."""

import os
import shutil
import zipfile

import pytest


def _units(*names):
    return ["test_it.py::" + name for name in names]


def _others(project):
    """A file of tests that use none of what the others do."""
    project.files(test_other="def test_other():\n    pass\n")


def _distribution(project, place, name, version="1.0", entries=""):
    info = "%s/%s-%s.dist-info" % (place, name, version)
    project.write(info + "/METADATA", "Metadata-Version: 2.1\n"
                  "Name: %s\nVersion: %s\n" % (name, version))
    if entries:
        project.write(info + "/entry_points.txt", entries)
    return info


def test_metadata_of_a_folder_that_a_conftest_adds(project):
    """Each test asks anew, the answer may come out of a cache."""
    mine = _distribution(project, "vendor", "mine",
                         entries="[group]\nname = mine:thing\n")
    theirs = _distribution(project, "vendor", "theirs")
    project.files(
        sub__conftest="import sys\nsys.path.append('vendor')\n",
        sub__test_it="""\
            from importlib import metadata
            def test_version():
                assert metadata.version("mine") == "1.0"
            def test_again():
                assert metadata.version("mine") == "1.0"
            def test_entry_points():
                assert "mine:thing" in str(metadata.entry_points())
            def test_missing():
                try:
                    metadata.version("missing")
                except metadata.PackageNotFoundError:
                    pass
            def test_none():
                pass
            """)
    _others(project)
    project.pytest().ok()
    assert project.affected() == []
    asked = ["sub/test_it.py::test_" + name
             for name in ("again", "entry_points", "missing", "version")]
    with project.edited(mine + "/METADATA"):
        assert project.affected_units() == [asked[0], asked[3]]
    with project.edited(mine + "/entry_points.txt"):
        assert project.affected_units() == [asked[1]]
    missing = _distribution(project, "vendor", "missing")
    assert project.affected_units() == asked[1:3]
    shutil.rmtree(project.root / missing)
    shutil.rmtree(project.root / theirs)
    assert project.affected_units() == asked[1:2]
    other = _distribution(project, "vendor", "Mine", "2.0")
    assert project.affected_units() == [asked[0], asked[1], asked[3]]
    shutil.rmtree(project.root / other)


def test_metadata_of_the_project_itself(project):
    """An egg-info below the root, where pytest looks for its plugins."""
    project.write("lib/mine.egg-info/PKG-INFO",
                  "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    project.write("lib/mine.egg-info/entry_points.txt",
                  "[group]\nname = mine:thing\n")
    project.env["PYTHONPATH"] = "lib"
    project.files(test_it="""\
        from importlib import metadata
        def test_version():
            assert metadata.version("mine") == "1.0"
        def test_none():
            pass
        """)
    project.pytest().ok()
    with project.edited("lib/mine.egg-info/PKG-INFO"):
        assert project.affected_units() == _units("test_version")
    # There may be a plugin among these.
    with project.edited("lib/mine.egg-info/entry_points.txt"):
        assert project.affected_units() == _units("test_none", "test_version")


def test_resources(project):
    project.write("package/__init__.py")
    project.write("package/data/__init__.py")
    for name in ("one", "two", "three", "four"):
        project.write("package/data/%s.txt" % name, name)
    project.files(test_it="""\
        import pkgutil
        from importlib import resources
        import package.data
        files = getattr(resources, "files", None)
        def test_pkgutil():
            assert pkgutil.get_data("package", "data/one.txt") == b"one"
        def test_files():
            assert files("package").joinpath(
                "data/two.txt").read_text() == "two"
        def test_absent():
            assert not files("package.data").joinpath("five.txt").is_file()
        def test_as_file():
            with resources.as_file(
                    files(package.data).joinpath("three.txt")) as path:
                assert path.read_text() == "three"
        def test_listed():
            assert "four.txt" in [each.name for each in
                                  files("package.data").iterdir()]
        def test_none():
            pass
        """)
    project.pytest().ok()
    assert project.affected() == []
    for name, tests in (("one", ["test_pkgutil"]), ("two", ["test_files"]),
                        ("three", ["test_as_file"]), ("four", [])):
        with project.edited("package/data/%s.txt" % name):
            assert project.affected_units() == _units(*tests), name
    project.write("package/data/five.txt")
    assert project.affected_units() == _units("test_absent", "test_listed")
    (project.root / "package/data/five.txt").unlink()
    (project.root / "package/data/one.txt").unlink()
    assert project.affected_units() == _units("test_listed", "test_pkgutil")


def test_a_folder_of_the_path_that_does_not_exist_yet(project):
    """Python looks for it once, and remembers that it is not there."""
    project.files(
        lib__one="", lib__two="",
        test_a="""\
            import sys
            sys.path[:0] = ["early", "lib"]
            import one
            def test_one():
                pass
            """,
        test_b="def test_two():\n    import two\n",
        test_c="def test_none():\n    pass\n")
    project.pytest().ok()
    project.write("early/two.py")
    assert "test_b.py::test_two" in project.affected_units()


@pytest.mark.parametrize("passed_by", ["early/tool", "early/tool.py"])
def test_a_name_that_was_of_the_wrong_kind(project, passed_by):
    """A file without an ending is no package, and a folder no module."""
    project.files(lib__tool="VALUE = 1\n", early__other="",
                  test_it="def test_it():\n    import tool\n")
    _others(project)
    place = project.root / passed_by
    if place.suffix:
        place.mkdir()
    else:
        place.write_text("no Python")
    project.env["PYTHONPATH"] = "early:lib"
    project.pytest().ok()
    assert project.affected_units() == []
    if place.suffix:
        place.rmdir()
        place.write_text("VALUE = 2\n")
    else:
        place.unlink()
        place.mkdir()
        (place / "__init__.py").write_text("VALUE = 2\n")
    assert project.affected_units() == _units("test_it")


def test_a_path_that_a_test_adds(project):
    project.files(
        late__tool="VALUE = 1\n",
        test_it="""\
            import sys
            def test_path(monkeypatch):
                monkeypatch.setattr(sys, "path", sys.path + ["late"])
                import tool
                assert tool.VALUE
            def test_none():
                pass
            """,
        test_late="""\
            def test_tool():
                import tool
            """)
    (project.root / "first").mkdir()
    project.env["PYTHONPATH"] = "first"
    project.pytest().ok()
    with project.edited("late/tool.py"):
        units = project.affected_units()
        assert {"test_it.py::test_path", "test_late.py::test_tool"} <= set(
            units)
    project.write("first/tool.py", "VALUE = 3\n")
    assert {"test_it.py::test_path", "test_late.py::test_tool"} <= set(
        project.affected_units())


def test_a_path_file(project):
    """What is in site-packages is everybody's, as site reads it at start."""
    project.files(lib__tool="", test_it="def test_it():\n    import tool\n")
    project.sh(project.python, "-m", "venv", "--without-pip",
               "--system-site-packages", ".venv").ok()
    theirs = project.sh(project.python, "-c", "import pytest; "
                        "print(pytest.__path__[0])").ok().out
    project.env["PYTHONPATH"] = os.path.dirname(theirs.strip())
    project.python = project.root / ".venv/bin/python"
    place, = project.root.glob(".venv/lib/python3*/site-packages")
    (place / "mine.pth").write_text("%s\n" % (project.root / "lib"))
    project.pytest().ok()
    assert project.affected() == []
    (place / "other.pth").write_text("%s\n" % project.root)
    assert project.affected_units() == _units("test_it")
    (place / "other.pth").unlink()
    assert project.affected() == []
    (place / "mine.pth").write_text("")
    assert project.affected_units() == _units("test_it")


def test_a_zipped_package(project):
    def pack(text):
        with zipfile.ZipFile(project.root / "packed.zip", "w") as archive:
            archive.writestr("packed_one.py", text)
            archive.writestr("packed_two.py", text)

    pack("VALUE = 1\n")
    project.files(
        conftest="import sys\nsys.path.append('packed.zip')\n",
        test_a="import packed_one\ndef test_one():\n    pass\n",
        test_b="import packed_two\ndef test_two():\n    pass\n",
        test_c="def test_none():\n    pass\n")
    project.pytest().ok()
    pack("VALUE = 2\n")
    assert {"test_a.py::test_one", "test_b.py::test_two"} <= set(
        project.affected_units())


@pytest.mark.parametrize("source", [True, False], ids=["source", "bytecode"])
def test_namespace_packages(project, source):
    """Another folder of the same package is one more place to look in."""
    project.files(
        one__space__leaf="VALUE = 1\n",
        two__space__other="VALUE = 2\n",
        conftest="import sys\nsys.path[:0] = ['zero', 'one', 'two']\n",
        test_it="""\
            def test_leaf():
                import space.leaf
            def test_other():
                import space.other
            """,
        test_c="def test_none():\n    pass\n")
    (project.root / "zero").mkdir()
    if not source:
        project.pytest().ok()
    project.pytest().ok()
    both = _units("test_leaf", "test_other")
    with project.edited("one/space/leaf.py"):
        assert "test_it.py::test_leaf" in project.affected_units()
    project.write("zero/space/leaf.py", "VALUE = 3\n")
    assert set(project.affected_units()) <= set(both)
    assert "test_it.py::test_leaf" in project.affected_units()
    shutil.rmtree(project.root / "zero/space")
    assert project.affected() == []
    project.write("zero/space/__init__.py")
    assert project.affected_units() == both
