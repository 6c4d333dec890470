# SPDX-License-Identifier: MIT
"""Of setup.cfg, tox.ini and pyproject.toml only pytest's sections count.

Unless somebody else reads the file: then all of it counts, for who did.
"""

import os
import sys

import pytest

ONE = "test_one.py::test_one"
SETUP = """\
    [metadata]
    name = x
    install_requires =
        click

    [tool:pytest]
    addopts = -q
    """

needs_tomllib = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="this Python does not read TOML")


@pytest.fixture
def bare(project):
    """A project without any settings."""
    (project.root / "pyproject.toml").unlink()
    project.files(test_one="def test_one():\n    pass\n")
    project.record = lambda *args, **more: project.ftrace(
        "run", "--root", project.root, "--", project.python, "-m", "pytest",
        *args, **more).ok()
    return project


def nothing(project, name, *change):
    with project.edited(name, *change):
        assert project.affected_units() == [], change


def all_of(project, name, *change):
    with project.edited(name, *change):
        assert project.affected_units() == [ONE], change


def test_setup_cfg(bare):
    bare.write("setup.cfg", SETUP)
    bare.record()
    nothing(bare, "setup.cfg", "click", "flask")
    nothing(bare, "setup.cfg", "addopts", "# a comment\naddopts")
    nothing(bare, "setup.cfg", "name = x", "[other]\nname = x")
    all_of(bare, "setup.cfg", "-q", "-v")
    all_of(bare, "setup.cfg", "-q", "-q\n    -v")
    all_of(bare, "setup.cfg", "[tool:pytest]", "[tool:other]")
    all_of(bare, "setup.cfg", "[metadata]", "[pytest]\n[metadata]")
    assert bare.affected_units() == []
    (bare.root / "setup.cfg").unlink()
    assert bare.affected_units() == [ONE]


@pytest.mark.parametrize("broken", [
    "name = x\nname = y", "name = x\n[metadata]", "name", "name = x\n[]",
    "name = x\n\x0bname = y"])
def test_what_pytest_refuses_selects(bare, broken):
    bare.write("setup.cfg", SETUP)
    bare.record()
    all_of(bare, "setup.cfg", "name = x", broken)


def test_tox_ini(bare):
    bare.write("tox.ini", "[tox]\nenvlist = py311\n")
    bare.record()
    nothing(bare, "tox.ini", "py311", "py312")
    all_of(bare, "tox.ini", "[tox]", "[pytest]\n[tox]")
    bare.write("tox.ini", "[tox]\nenvlist = py311\n[pytest]\n")
    bare.record()
    nothing(bare, "tox.ini", "py311", "py312")
    all_of(bare, "tox.ini", "[pytest]\n", "")


@needs_tomllib
def test_pyproject(bare):
    bare.write("pyproject.toml", """\
        [project]
        name = "x"
        [tool.other]
        when = 2024-01-01
        [tool.pytest.ini_options]
        addopts = "-q"
        """)
    bare.record()
    nothing(bare, "pyproject.toml", '"x"', '"y"')
    nothing(bare, "pyproject.toml", "2024", "2025")
    nothing(bare, "pyproject.toml", "addopts =", "# comment\naddopts=")
    all_of(bare, "pyproject.toml", '"-q"', '"-v"')
    all_of(bare, "pyproject.toml", "[tool.pytest.ini_options]", "[tool.p]")
    # pytest ends with an error, then.
    with bare.edited("pyproject.toml", "[project]", "[project"):
        result = bare.ftrace("affected", "--tests").ok()
        assert result.out.split() == [ONE]
        assert "pyproject.toml" in result.err


@needs_tomllib
def test_pyproject_without_a_table(bare):
    bare.write("pyproject.toml", "[project]\nname = 'x'\n")
    bare.record()
    nothing(bare, "pyproject.toml", "'x'", "'y'")
    all_of(bare, "pyproject.toml", "[project]",
           "[tool.pytest.ini_options]\n[project]")
    all_of(bare, "pyproject.toml", "[project]",
           "tool.pytest = {addopts = '-q'}\n[project]")


def test_file_that_pytest_does_not_look_at(bare):
    bare.write("pytest.ini", "[pytest]\n")
    bare.write("pyproject.toml", "[project")
    bare.record("-c", "pytest.ini")
    nothing(bare, "pyproject.toml", "[project", "[project]")


def test_file_that_is_named(bare):
    bare.write("setup.cfg", SETUP)
    bare.write("other.cfg", SETUP)
    bare.record("-c", "setup.cfg")
    nothing(bare, "setup.cfg", "click", "flask")
    all_of(bare, "setup.cfg", "-q", "-v")
    bare.record("-c", "other.cfg")
    all_of(bare, "other.cfg", "click", "flask")


@pytest.mark.parametrize("name", ["pytest.ini", "tox.ini", "setup.cfg"])
def test_new_settings(bare, name):
    bare.record()
    assert bare.affected_units() == []
    bare.write(name, "[pytest]\n")
    assert bare.affected_units() == [ONE]


def test_pytest_ini_is_a_whole(bare):
    bare.write("pytest.ini", "[pytest]\n[other]\n")
    bare.record()
    all_of(bare, "pytest.ini", "[other]", "[more]")


def test_setup_py_marks_the_root(bare):
    bare.write("setup.py", "import setuptools\n")
    bare.record()
    nothing(bare, "setup.py")
    (bare.root / "setup.py").unlink()
    assert bare.affected_units() == [ONE]


def test_settings_above_and_below(bare):
    bare.write("setup.cfg", SETUP)
    bare.write("sub/tox.ini", "[tox]\n")
    bare.write("sub/test_two.py", "def test_two():\n    pass\n")
    bare.record("sub")
    nothing(bare, "sub/tox.ini", "[tox]", "[tox]\na = 1")
    nothing(bare, "setup.cfg", "click", "flask")
    with bare.edited("sub/tox.ini", "[tox]", "[pytest]"):
        assert bare.affected_units() == ["sub/test_two.py::test_two"]


def test_settings_behind_a_link(bare):
    bare.write("setup.real", SETUP)
    (bare.root / "setup.cfg").symlink_to("setup.real")
    bare.record()
    all_of(bare, "setup.real", "-q", "-v")
    bare.write("setup.other", SETUP.replace("-q", "-v"))
    (bare.root / "setup.cfg").unlink()
    (bare.root / "setup.cfg").symlink_to("setup.other")
    assert bare.affected_units() == [ONE]


def test_who_reads_all_depends_on_all(bare):
    bare.write("setup.cfg", SETUP)
    bare.files(test_one="""\
        def test_one():
            assert open("setup.cfg").read()
        def test_two():
            pass
        """)
    bare.record()
    all_of(bare, "setup.cfg", "click", "flask")
    with bare.edited("setup.cfg", "-q", "-v"):
        assert bare.affected_units() == [ONE, "test_one.py::test_two"]


READ = "    open('setup.cfg').read()\n"


@pytest.mark.parametrize("text", [
    READ.strip() + "\n",
    "def pytest_addoption():\n" + READ,
    "def pytest_configure():\n" + READ,
    "def pytest_load_initial_conftests():\n" + READ,
    "def pytest_report_header():\n" + READ])
@pytest.mark.parametrize("how", ["-p", "environment"])
def test_plugin_that_reads_all(bare, text, how):
    """Before this plugin is loaded, and after it."""
    bare.write("setup.cfg", SETUP)
    bare.files(reading=text)
    bare.env["PYTHONPATH"] = bare.root
    if how == "-p":
        bare.record("-p", "reading")
    else:
        bare.env["PYTEST_PLUGINS"] = "reading"
        bare.record()
    all_of(bare, "setup.cfg", "click", "flask")


def test_plugin_that_reads_none(bare):
    bare.write("setup.cfg", SETUP)
    bare.files(reading="def pytest_configure():\n    pass\n")
    bare.env["PYTHONPATH"] = bare.root
    bare.record("-p", "reading")
    nothing(bare, "setup.cfg", "click", "flask")


def test_program_that_reads_all_and_runs_pytest(bare):
    bare.write("setup.cfg", SETUP)
    bare.write("run.py", """\
        import pytest
        open("setup.cfg").read()
        raise SystemExit(pytest.main())
        """)
    bare.ftrace("run", "--root", bare.root, "--runner", "pytest", "--",
                bare.python, "run.py").ok()
    all_of(bare, "setup.cfg", "click", "flask")
    code = (bare.root / "run.py").read_text()
    bare.ftrace("run", "--root", bare.root, "--runner", "pytest", "--",
                bare.python, "-c", code).ok()
    all_of(bare, "setup.cfg", "click", "flask")


def test_xdist(bare):
    pytest.importorskip("xdist")
    bare.with_plugins()
    bare.write("setup.cfg", SETUP)
    bare.record("-n", "2")
    nothing(bare, "setup.cfg", "click", "flask")
    all_of(bare, "setup.cfg", "-q", "-v")


def test_without_functions_the_whole_counts(bare):
    bare.write("setup.cfg", SETUP)
    bare.record(env={"FTRACE_FUNCTIONS": "off"})
    all_of(bare, "setup.cfg", "click", "flask")


def test_sections_are_no_functions(bare):
    """`changed` names functions that no test enters: these are none."""
    bare.write("setup.cfg", SETUP)
    bare.record()
    with bare.edited("setup.cfg", "-q", "-v"):
        changed = bare.json("changed")
        assert [each["path"] for each in changed["files"]] == ["setup.cfg"]
        assert changed["functions"] == []
    with bare.edited("setup.cfg", "name = x", "name"):
        assert bare.json("changed")["functions"] == []


def test_recorded_anew_after_an_edit(bare):
    bare.write("setup.cfg", SETUP)
    bare.record()
    bare.edit("setup.cfg", "-q", "-v")
    assert bare.affected_units() == [ONE]
    bare.record()
    assert bare.affected_units() == []
    all_of(bare, "setup.cfg", "-v", "-vv")


def test_same_text_as_a_source(bare):
    """Equal texts of two kinds are taken apart each in its own way."""
    bare.write("tox.ini", "[str]\n")
    bare.files(lib="[str]\n", test_one="""\
        import lib
        def test_one():
            pass
        """)
    bare.record()
    with bare.edited("lib.py", "[str]", "[pytest"):
        result = bare.ftrace("affected", "--tests").ok()
        assert result.out.split() == [ONE] and "lib.py" in result.err
    nothing(bare, "tox.ini", "[str]", "[str]\na = 1")
    all_of(bare, "tox.ini", "[str]", "[str]\n[pytest]")


def test_audit_finds_no_gap(bare):
    bare.write("setup.cfg", SETUP)
    bare.record()
    result = bare.ftrace("audit", "-n", "1", "--root", bare.root, "--",
                         bare.python, "-m", "pytest")
    assert result.code == 0, result
    nothing(bare, "setup.cfg", "click", "flask")
    all_of(bare, "setup.cfg", "-q", "-v")


def test_a_file_without_a_section_may_go(bare):
    bare.write("setup.cfg", SETUP)
    bare.write("tox.ini", "[flake8]\nmax = 1\n")
    bare.record()
    (bare.root / "tox.ini").unlink()
    assert bare.affected_units() == []
    bare.write("tox.ini", "[flake8]\nmax = 2\n")
    assert bare.affected_units() == []
    bare.write("tox.ini", "[pytest]\n")
    assert bare.affected_units() == [ONE]


@needs_tomllib
@pytest.mark.parametrize("name, own, other, measured", [
    ("setup.cfg", "[tool:pytest]\naddopts = -q", "[metadata]\nname = x",
     "[coverage:run]\nbranch = true"),
    ("tox.ini", "[pytest]\naddopts = -q", "[flake8]\nname = x",
     "[coverage:run]\nbranch = true"),
    ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-q'",
     "[tool.other]\nname = 'x'", "[tool.coverage.run]\nbranch = true"),
])
def test_pytest_cov(bare, name, own, other, measured):
    """What is about the run, not about reports."""
    bare.with_plugins().write(name, "\n".join((own, other, measured, "")))
    bare.record("--cov=test_one")
    nothing(bare, name, "x", "y")
    all_of(bare, name, "-q", "-v")
    all_of(bare, name, "branch = true", "branch = false")
    bare.write(".coveragerc", "")
    assert bare.affected_units() == [ONE]
    (bare.root / ".coveragerc").unlink()
    if name != "pyproject.toml":
        nothing(bare, name, "x", "x\n[coverage:html]\ntitle = it")


@needs_tomllib
def test_pytest_cov_with_settings_of_its_own(bare):
    """Whatever a variable says, too."""
    bare.with_plugins().write("setup.cfg", SETUP)
    bare.write("cov.cfg", "[run]\nbranch = true\n")
    bare.write("other.cfg", "[run]\nbranch = true\n")
    bare.env["COVERAGE_RCFILE"] = "other.cfg"
    bare.record("--cov=test_one", "--cov-config=cov.cfg")
    nothing(bare, "setup.cfg", "click", "flask")
    all_of(bare, "cov.cfg", "true", "false")


def test_coverage(bare):
    """It reads its own section, of which nobody tells."""
    bare.with_plugins().write("setup.cfg", SETUP)
    bare.ftrace("run", "--root", bare.root, "--", bare.python, "-m",
                "coverage", "run", "-m", "pytest").ok()
    all_of(bare, "setup.cfg", "click", "flask")
    assert os.path.exists(bare.root / ".coverage")
