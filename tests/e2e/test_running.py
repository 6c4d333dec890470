# SPDX-License-Identifier: MIT
"""Ways to run pytest, and tests that come and go."""

import os
import shutil

import pytest

from helpers import same_output


@pytest.fixture
def small(project):
    """Two test files, a data file for each test and a subfolder."""
    for name in "abcd":
        project.write(name + ".txt", "1")
    project.write("sub/data.txt", "1")
    project.files(
        test_one="""\
            def test_a():
                assert open("a.txt").read()
            def test_b():
                assert open("b.txt").read()
            """,
        test_two="""\
            import os
            HERE = os.path.dirname(os.path.abspath(__file__))
            def test_c():
                assert open(os.path.join(HERE, "c.txt")).read()
            def test_d():
                assert open(os.path.join(HERE, "d.txt")).read()
            """,
        sub__test_sub="""\
            import os
            HERE = os.path.dirname(os.path.abspath(__file__))
            def test_sub():
                assert open(os.path.join(HERE, "data.txt")).read()
            """)
    return project


IDS = {"a": "test_one.py::test_a", "b": "test_one.py::test_b",
       "c": "test_two.py::test_c", "d": "test_two.py::test_d"}
SUB = "sub/test_sub.py::test_sub"
ALL = set(IDS.values()) | {SUB}


def _check(project, names="abcd"):
    """Each data file still belongs to its test alone."""
    assert project.affected() == []
    for name in names:
        with project.edited(name + ".txt"):
            assert project.affected_units() == [IDS[name]]
    with project.edited("sub/data.txt"):
        assert project.affected_units() == [SUB]


@pytest.mark.parametrize("args, env, config", [
    ((), {}, ""),
    (("-p", "no:cacheprovider", "-s"), {}, ""),
    ((), {"PYTEST_ADDOPTS": "-p no:cacheprovider -q"}, ""),
    ((), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, ""),
    ((), {}, "addopts = -p mine -p no:doctest\n"),
    ((), {"PYTEST_PLUGINS": "mine"}, ""),
    (("-n", "2", "--dist", "loadfile"), {}, ""),
    (("--import-mode=importlib",), {}, ""),
    (("-W", "error::DeprecationWarning"),
     {"PYTHONDONTWRITEBYTECODE": "1"}, ""),
], ids=str)
def test_options(small, args, env, config):
    small.write("mine.py")
    if config:
        small.write("pytest.ini", "[pytest]\n" + config)
    # These are what everything depends on: queries see them, too.
    small.env.update(env, PYTHONPATH=str(small.root))
    if "-n" in args or "PYTEST_DISABLE_PLUGIN_AUTOLOAD" in env:
        small.with_plugins()
    plain = small.plain(*args)
    small.clear_bytecode()
    traced = small.pytest(*args)
    assert traced.code == plain.code == 0, traced
    assert small.units() == dict.fromkeys(ALL, "passed")
    _check(small)


def test_all_plugins(small):
    """As they are installed; the other tests here mostly do without."""
    assert "\nplugins: " not in small.plain("-v").ok().out
    small.clear_bytecode()
    small.with_plugins()
    plain = small.plain("-v").ok()
    assert "\nplugins: " in plain.out
    small.clear_bytecode()
    assert same_output(small.pytest("-v").ok().out) == same_output(plain.out)
    assert small.units() == dict.fromkeys(ALL, "passed")
    _check(small)


def test_executable_pytest(small):
    small.run("pytest", "-q").ok()
    assert set(small.units()) == ALL
    _check(small)


def test_workers_record_the_same(small):
    small.with_plugins()
    small.pytest().ok()
    # A second run, for both: the first one also wrote the bytecode.
    small.pytest().ok()
    serial = {unit: small.inputs(unit) for unit in ALL}
    shutil.rmtree(small.root / ".ftrace")
    small.pytest("-n", "2").ok()
    assert set(small.units()) == ALL
    for unit in ALL:
        assert ({each for each in small.inputs(unit)
                 if not each[0].startswith("/")} - {("2", "absent")}
                == {each for each in serial[unit]
                    if not each[0].startswith("/")}), unit


def test_selections_of_pytest_leave_the_rest(small):
    """-k, -x and --lf update what ran and leave the others as they were."""
    small.pytest().ok()
    small.edit("a.txt")
    small.edit("c.txt")
    small.pytest("-k", "test_a or test_b").ok()
    assert set(small.units()) == ALL
    assert small.affected_units() == [IDS["c"]]
    small.write("test_one.py", """\
        def test_a():
            assert open("a.txt").read() == "no"
        def test_b():
            assert open("b.txt").read()
        """)
    assert small.pytest("-x", "test_one.py").code == 1
    units = small.units()
    assert set(units) == ALL
    assert units[IDS["a"]] == "failed"
    # -x stopped before b, which is as it was when it ran.
    assert set(small.affected_units()) == {IDS["a"], IDS["c"]}
    small.write("a.txt", "no")
    small.pytest("--lf", "test_one.py").ok()
    assert set(small.units()) == ALL
    assert IDS["a"] not in small.affected_units()
    small.pytest().ok()
    _check(small)


def test_from_a_subfolder(small):
    """Ids are printed as the runner takes them there."""
    sub = small.root / "sub"
    small.pytest(cwd=small.root).ok()
    small.edit("sub/data.txt")
    assert small.affected(cwd=sub) == ["test_sub.py::test_sub"]
    assert small.affected() == [SUB]
    assert "1 passed" in small.xargs(cwd=sub).ok().out
    assert small.affected() == []
    small.edit("a.txt")
    assert small.affected(cwd=sub) == ["../test_one.py::test_a"]
    why = small.ftrace("why", "../test_one.py::test_a", cwd=sub).ok().out
    assert "a.txt" in why


def test_recorded_from_a_subfolder(small):
    sub = small.root / "sub"
    small.pytest("-q", cwd=sub).ok()
    assert (small.root / ".ftrace/map.db").exists()
    assert not (sub / ".ftrace").exists()
    assert set(small.units()) == {SUB}
    small.edit("sub/data.txt")
    assert small.affected() == [SUB]


def test_root_option(small, tmp_path):
    small.pytest().ok()
    small.edit("a.txt")
    result = small.ftrace("affected", "--root", small.root, cwd=tmp_path)
    assert result.ok().out == IDS["a"] + "\n"


def test_new_function(small):
    small.pytest().ok()
    small.edit("test_one.py", "def test_b", "def test_new():\n    pass\n"
               "def test_b")
    assert small.affected() == ["test_one.py::test_new"]
    result = small.xargs().ok()
    assert small.ran(result) == ["test_one.py::test_new"]
    assert "test_one.py::test_new" in small.units()
    _check(small)


def test_new_file_and_directory(small):
    small.pytest().ok()
    small.write("test_new.py", "def test_new():\n    pass\n")
    assert small.affected() == ["test_new.py"]
    small.write("deep/er/test_deep.py", "def test_deep():\n    pass\n")
    small.write("deep/er/notes.py", "")
    assert small.affected() == ["deep/er/test_deep.py", "test_new.py"]
    units = {unit["id"]: unit for unit in small.json("affected")["units"]}
    assert set(units) == {"deep/er/test_deep.py", "test_new.py"}
    assert all(unit["state"] == "miss" and unit["file"]
               for unit in units.values())
    result = small.xargs().ok()
    assert small.ran(result) == [
        "deep/er/test_deep.py::test_deep", "test_new.py::test_new"]
    assert small.affected() == []


@pytest.mark.parametrize("place, expected", [
    ("", sorted(ALL)),
    ("sub/", [SUB])])
def test_new_conftest(small, place, expected):
    small.pytest().ok()
    small.write(place + "conftest.py", "")
    assert small.affected_units() == expected
    (small.root / place / "conftest.py").unlink()
    assert small.affected() == []


def test_new_configuration(small):
    small.pytest().ok()
    small.write("pytest.ini", "[pytest]\n")
    assert set(small.affected_units()) == ALL
    (small.root / "pytest.ini").unlink()
    small.edit("pyproject.toml", "ini_options]", "ini_options]\n"
               "addopts = '-q'")
    assert set(small.affected_units()) == ALL


def test_deleted_function(small):
    small.pytest().ok()
    small.write("test_one.py", """\
        def test_a():
            assert open("a.txt").read()
        """)
    result = small.ftrace("affected").ok()
    assert result.out == "" and "1 recorded test is gone" in result.err
    # A run that would not have collected it says nothing about it.
    small.pytest("test_two.py").ok()
    assert IDS["b"] in small.units()
    small.pytest("test_one.py").ok()
    assert set(small.units()) == ALL - {IDS["b"]}
    assert small.affected() == []


def test_deleted_file(small):
    small.pytest().ok()
    (small.root / "test_one.py").unlink()
    assert small.affected() == []
    small.pytest("test_two.py").ok()
    assert {IDS["a"], IDS["b"]} <= set(small.units())
    small.pytest().ok()
    assert set(small.units()) == ALL - {IDS["a"], IDS["b"]}
    assert small.affected() == []


def test_deleted_directory(small):
    small.pytest().ok()
    shutil.rmtree(small.root / "sub")
    assert small.affected() == []
    small.pytest().ok()
    assert set(small.units()) == set(IDS.values())


def test_renamed_file(small):
    small.pytest().ok()
    os.rename(small.root / "test_one.py", small.root / "test_three.py")
    assert small.affected() == ["test_three.py"]
    small.xargs().ok()
    small.pytest().ok()
    assert "test_three.py::test_a" in small.units()
    assert IDS["a"] not in small.units()


@pytest.mark.smoke
def test_xargs_runs_exactly_what_is_needed(small):
    small.pytest().ok()
    empty = small.xargs().ok()
    assert (empty.out, empty.err) == ("", "")
    for edits, expected in (
            (("a.txt",), [IDS["a"]]),
            (("a.txt", "d.txt"), [IDS["a"], IDS["d"]]),
            (("test_two.py",), [IDS["c"], IDS["d"]]),
            (("test_two.py", "sub/data.txt", "b.txt"),
             [SUB, IDS["b"], IDS["c"], IDS["d"]])):
        for name in edits:
            small.edit(name)
        result = small.xargs().ok()
        assert set(expected) <= set(small.ran(result)), edits
        # Only what is there was edited, or its whole file.
        assert {SUB} & set(small.ran(result)) == {SUB} & set(expected)
        assert small.affected() == [], edits


def test_files_named_together_stay_apart(small):
    small.pytest().ok()
    small.pytest(IDS["a"], IDS["d"]).ok()
    small.edit("test_two.py")
    assert small.affected_units() == [IDS["c"], IDS["d"]]


def test_run_without_collected_tests(project):
    result = project.pytest()
    assert result.code == 5
    assert project.ftrace("affected").code == 3
    project.write("test_new.py", "def test_new():\n    pass\n")
    # Nobody knows whether there were others, that -k left out.
    assert project.ftrace("affected").code == 3
    project.pytest().ok()
    assert project.affected() == []


def test_collection_error(small):
    """A file that could not be collected is selected until it can."""
    small.pytest().ok()
    text = (small.root / "test_one.py").read_text()
    small.write("test_one.py", "import nowhere\n" + text)
    assert small.affected() == ["test_one.py"]
    plain = small.plain()
    assert small.pytest().code == plain.code == 2
    assert set(small.affected()) & {IDS["a"], "test_one.py"}
    small.write("nowhere.py")
    small.xargs().ok()
    assert small.units() == dict.fromkeys(ALL, "passed")
    _check(small)


def test_new_function_in_a_file_that_was_broken(small):
    small.pytest().ok()
    text = (small.root / "test_one.py").read_text()
    small.write("test_one.py", "import nowhere\n" + text
                + "def test_new():\n    pass\n")
    assert small.pytest().code == 2
    small.write("nowhere.py")
    assert "test_one.py::test_new" in small.ran(small.xargs().ok())
