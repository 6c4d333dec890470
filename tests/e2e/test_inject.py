# SPDX-License-Identifier: MIT
"""pytest behind other programs: however it is started, its tests are told."""

import shlex
import shutil
import sys

import pytest

from helpers import FTRACE

IDS = ["test_one.py::test_a", "test_one.py::test_b"]


@pytest.fixture
def small(project):
    """Two tests, each with a file of its own."""
    for name in "ab":
        project.write(name + ".txt", "1")
    project.files(test_one="""\
        def test_a():
            assert open("a.txt").read() == "1"
        def test_b():
            assert open("b.txt").read()
        """)
    project.write("other/mine.py")
    return project


def _check(project):
    """Each file belongs to its test alone, and nothing else is recorded."""
    assert project.units() == dict.fromkeys(IDS, "passed")
    assert project.affected() == []
    with project.edited("b.txt"):
        assert project.affected_units() == IDS[1:]


WAYS = {
    "env": "env PYTHONPATH=other {python} -m pytest -q",
    "plugins": "env PYTEST_PLUGINS=mine PYTHONPATH=other "
               "PYTEST_ADDOPTS='-p no:cacheprovider -p mine' "
               "{python} -m pytest -q",
    "unset": "env -u PYTHONPATH -u PYTEST_PLUGINS {python} -m pytest -q",
    "empty": "env -i {python} -m pytest -q",
    "isolated": "{python} -I -m pytest -q",
    "ignoring": "{python} -bE -m pytest -q",
    "sh": "sh -c 'pwd && PYTHONPATH= {python} -m pytest -q; true'",
    "script": "./run-tests",
    "make": "make -s test",
    "python": "{python} -c 'import pytest, sys; "
              "sys.exit(pytest.main([\"-q\"]))'",
}


@pytest.mark.parametrize("way", WAYS)
def test_ways(small, way):
    path = small.write("run-tests", "#!/bin/sh\nexport PYTHONPATH=other\n"
                       "exec %s -m pytest -q\n" % small.python)
    path.chmod(0o755)
    small.write("Makefile", "test:\n\tPYTHONPATH=other %s -m pytest -q\n"
                % small.python)
    result = small.run(*shlex.split(WAYS[way].format(python=small.python)))
    assert result.ok().err == "ftrace: recorded 2 units\n"
    _check(small)


def test_without_site(small):
    """python -S finds pytest only where it is told to look."""
    site = small.sh(small.python, "-c", "import os, pytest; print(os.path."
                    "dirname(os.path.dirname(pytest.__file__)))").ok().out
    small.run("env", "PYTHONPATH=" + site.strip(), small.python, "-S", "-m",
              "pytest", "-q").ok()
    _check(small)


def test_workers(small):
    small.with_plugins()
    small.run("env", "PYTHONPATH=other", small.python, "-m", "pytest", "-q",
              "-n", "2").ok()
    _check(small)


def test_a_plugin_that_cannot_be_loaded(small):
    """pytest runs as it is, and the command is one unit."""
    small.write("other/pluggy_less.pth")
    small.write("pytest/__init__.py")
    small.write("pytest/__main__.py", "print(open('a.txt').read())\n")
    result = small.run(small.python, "-m", "pytest").ok()
    assert result.out == "1\n"
    assert "did not load ftrace's plugin" in result.err
    (unit,) = small.units()
    assert unit.endswith("-m pytest")
    small.edit("a.txt")
    assert small.affected_units() == [unit]


def test_runs_inside_of_tests(small, tmp_path):
    """What a test starts is no run of its own, whatever it starts."""
    small.with_plugins()
    small.write("conftest.py", "pytest_plugins = 'pytester'\n")
    small.files(test_one="""\
        import os, subprocess, sys
        def test_a(pytester):
            pytester.makepyfile("def test_in(): pass")
            for run in pytester.runpytest_subprocess, pytester.runpytest:
                run("-q").assert_outcomes(passed=1)
        def test_b(tmp_path):
            open("b.txt").close()
            (tmp_path / "test_in.py").write_text("def test_in(): pass")
            for env in None, {}, dict(os.environ):
                subprocess.run([sys.executable, "-m", "pytest", "-q",
                                str(tmp_path)], check=True, env=env)
        """)
    small.pytest("-q").ok()
    _check(small)


def test_runs_of_plugins(small):
    """Nor is what a conftest starts where no test is running."""
    small.write("inner/test_in.py", "def test_in(): pass\n")
    small.write("conftest.py", """\
        import subprocess, sys
        collect_ignore = ["inner"]
        def pytest_sessionstart():
            subprocess.run([sys.executable, "-m", "pytest", "-q", "inner",
                            "-c", "pyproject.toml", "--noconftest"],
                           check=True)
        """)
    small.pytest("-q").ok()
    assert sorted(small.units()) == IDS


ENVIRONMENT = """\
import os, subprocess, sys
CHILD = "import os, sys; print(sorted(os.environ), sys.path, " \\
        "sys.builtin_module_names, sys.meta_path, list(sys.modules))"
def test_a():
    for options in [], ["-S"], ["-I"]:
        subprocess.run([sys.executable, *options, "-c", CHILD])
    print(sorted(os.environ), sys.path, sys.builtin_module_names)
    raise SystemExit
def test_b():
    pass
"""


def test_is_not_seen(small):
    small.files(test_one=ENVIRONMENT)
    small.env["PYTHONDONTWRITEBYTECODE"] = "1"

    def lines(result):
        return [line for line in result.out.splitlines()
                if line.startswith("[")]

    plain = lines(small.plain("-q", "-s", "-p", "no:cacheprovider"))
    traced = lines(small.pytest("-q", "-s", "-p", "no:cacheprovider"))
    assert len(plain) == 4 and traced == plain


def test_sitecustomize(small):
    """A real one is loaded, and is what an import of it gives."""
    small.write("other/sitecustomize.py", "HERE = open('a.txt').read()\n")
    small.write("test_one.py", """\
        import subprocess, sys
        def test_a():
            import sitecustomize
            assert sitecustomize.HERE == "1"
            assert sitecustomize.__spec__.origin.endswith("customize.py")
        def test_b():
            code = "import sitecustomize; print(sitecustomize.HERE)"
            assert subprocess.run(
                [sys.executable, "-c", code], stdout=subprocess.PIPE,
                check=True).stdout == b"1\\n"
        """)
    small.env["PYTHONPATH"] = "other"
    small.pytest("-q").ok()
    assert small.units() == dict.fromkeys(IDS, "passed")


@pytest.fixture
def children(project):
    """Tests that start Python in several ways, in a virtual environment."""
    project.write("pkg/__init__.py")
    project.write("pkg/__main__.py", "import pkg.part\n")
    project.write("pkg/part.py", "import colorsys\n")
    project.write("script.py", "import pkg\n")
    project.write("sub/asks.py", "from importlib.metadata import version\n"
                  "print(version('pytest'))\n")
    project.write("test_one.py", """\
        import subprocess, sys
        def run(*args):
            subprocess.run([sys.executable, *args], check=True)
        def test_module(): run("-m", "pkg")
        def test_script(): run("script.py")
        def test_line(): run("-c", "import pkg.part")
        def test_version(): run("sub/asks.py")
        """)
    return project


def _names(project):
    return [unit.rpartition("_")[2] for unit in project.affected_units()]


def test_listings_of_children(children):
    """An entry that nobody looked for selects nothing; one that hides what
    was found does."""
    children.pytest("-q").ok()
    # The bytecode that the first run left is read by the second.
    children.pytest("-q").ok()
    assert _names(children) == []
    for name in ".mypy_cache/x", "build/lib/x", "docs/x.md", "notes.txt":
        children.write(name)
    assert _names(children) == []
    path = children.write("colorsys.py")
    assert _names(children) == ["line", "module"]
    path.unlink()
    path = children.write("pkg/part/__init__.py")
    assert _names(children) == ["line", "module"]
    shutil.rmtree(path.parent)
    children.write("sub/other-1.dist-info/METADATA")
    assert _names(children) == []
    children.write("sub/pytest-99.dist-info/METADATA")
    assert _names(children) == ["version"]


def test_listings_of_commands(children):
    """So it is with commands that are no tests."""
    children.run(children.python, "-m", "pkg").ok()
    children.run(children.python, "-m", "pkg").ok()
    assert children.affected() == []
    children.write("docs/x.md")
    assert children.affected() == []
    children.write("colorsys.py")
    assert len(children.affected()) == 1


def test_path_files(children):
    """A new *.pth is read by every Python of its environment."""
    children.sh(sys.executable, "-m", "venv", "--without-pip",
                "env").ok()
    python = children.root / "env/bin/python"
    (site,) = (children.root / "env/lib").glob("*/site-packages")
    children.write("test_one.py", """\
        import subprocess
        def test_line(): subprocess.run([%r, "-c", "pass"], check=True)
        """ % str(python))
    children.pytest("-q").ok()
    assert _names(children) == []
    (site / "new").mkdir()
    assert _names(children) == []
    (site / "new.pth").write_text("new\n")
    assert _names(children) == ["line"]


def _tested(project, *command):
    """What `ftrace test` says first of a command, and whether it ran."""
    result = project.ftrace("test", "--", *command)
    return result, result.err.splitlines()[0]


def test_selections_behind_a_command(small):
    """Only what is affected runs, or nothing is started at all."""
    line = "sh", "-c", "echo started; %s -m pytest -v" % small.python
    first, said = _tested(small, *line)
    assert said.endswith("all its tests are run")
    assert small.ran(first.ok()) == IDS
    for _each in range(2):
        again, said = _tested(small, *line)
        assert again.ok().out == "" and "nothing affected" in said
    small.edit("b.txt")
    second, said = _tested(small, *line)
    assert "1 of 2 tests affected" in said and "started" in second.out
    assert small.ran(second.ok()) == IDS[1:]
    assert _tested(small, *line)[0].ok().out == ""


def test_what_a_command_does_besides(small):
    """A linter's input is none of the tests', and has the command run."""
    small.write("lint.txt", "1")
    small.write("Makefile", """\
        test:
        \tgrep -q 1 lint.txt
        \t%s -m pytest -v
        """ % small.python)
    line = "make", "-s", "test"
    _tested(small, *line)[0].ok()
    assert small.units() == dict.fromkeys([*IDS, "make -s test"], "passed")
    assert _tested(small, *line)[0].ok().out == ""
    small.edit("b.txt")
    assert small.affected_units() == IDS[1:]
    assert small.ran(_tested(small, *line)[0].ok()) == IDS[1:]
    small.edit("lint.txt")
    assert small.affected_units() == ["make -s test"]
    again, said = _tested(small, *line)
    assert "does more than run tests" in said
    assert small.ran(again.ok()) == IDS
    # What stands before pytest is its tests' own.
    small.edit("Makefile", "test:", "test: \n# more\ntest:")
    assert small.affected_units() == sorted([*IDS, "make -s test"])


def test_what_only_the_first_run_does_besides(small):
    """As tox makes an environment: later runs have no other programs."""
    small.write("run.sh", """\
        [ -e made ] || cp a.txt made
        %s -m pytest -q
        """ % small.python)
    _tested(small, "sh", "run.sh")[0].ok()
    small.edit("b.txt")
    for wanted in ("1 of 2 tests affected", "nothing affected"):
        result, said = _tested(small, "sh", "run.sh")
        assert wanted in said and "gone" not in result.ok().err, result


def test_a_command_that_fails_besides(small):
    small.write("lint.txt", "0")
    small.write("Makefile", """\
        test:
        \t%s -m pytest -v
        \tgrep -q 1 lint.txt
        """ % small.python)
    line = "make", "-s", "test"
    for _each in range(2):
        result, _said = _tested(small, *line)
        assert result.code == 2 and small.ran(result) == IDS
    small.write("lint.txt", "1")
    assert small.ran(_tested(small, *line)[0].ok()) == IDS
    assert _tested(small, *line)[0].ok().out == ""
    # A test that fails is run again, and no other.
    small.write("a.txt", "2")
    result, _said = _tested(small, *line)
    assert result.code == 2 and small.ran(result) == IDS[:1]
    small.write("a.txt", "3")
    result, _said = _tested(small, *line)
    assert result.code == 2 and small.ran(result) == IDS[:1]
    # Undone, all is again as it was when it passed.
    small.write("a.txt", "1")
    assert _tested(small, *line)[0].ok().out == ""


def test_a_command_without_tests(small):
    """One unit as ever, in a map that has tests as well."""
    small.pytest("-q").ok()
    line = "sh", "-c", "cat a.txt; echo"
    assert _tested(small, *line)[0].ok().out == "1\n"
    assert _tested(small, *line)[0].ok().out == ""
    small.edit("b.txt")
    assert _tested(small, *line)[0].ok().out == ""
    small.write("a.txt", "3")
    assert _tested(small, *line)[0].ok().out == "3\n"


def test_a_command_that_gets_tests(small):
    """The unit that it was is forgotten."""
    line = "sh", "-c", "if [ -e go ]; then %s -m pytest -v; fi" % small.python
    small.run(*line).ok()
    assert len(small.units()) == 1
    small.write("go")
    assert small.ran(_tested(small, *line)[0].ok()) == IDS
    _check(small)


def test_several_runs_in_a_command(small):
    """Each takes of the selection what it was asked for."""
    small.write("sub/test_two.py", "def test_c():\n    open('a.txt')\n")
    small.write("Makefile", """\
        test:
        \t%s -m pytest -v test_one.py
        \t%s -m pytest -v sub
        """ % (small.python, small.python))
    line = "make", "-s", "test"
    _tested(small, *line)[0].ok()
    assert _tested(small, *line)[0].ok().out == ""
    small.edit("b.txt")
    assert small.ran(_tested(small, *line)[0].ok()) == IDS[1:]
    small.write("sub/test_two.py", "def test_c():\n    pass\n")
    assert small.ran(_tested(small, *line)[0].ok()) == [
        "sub/test_two.py::test_c"]


def test_runner_none(small):
    small.ftrace("run", "--runner", "none", "--", small.python, "-m",
                 "pytest", "-q").ok()
    assert [unit.rpartition(" -m ")[2] for unit in small.units()] == [
        "pytest -q"]


def test_a_hook_without_a_locale(small):
    """Python sets LC_CTYPE for its children where there is no locale."""
    small.env.update(LC_ALL=None, LANG=None, LC_CTYPE=None)
    small.pytest("-q").ok()
    answer = small.sh(small.python, "-c", "import os, subprocess; "
                      "assert os.environ['LC_CTYPE']; "
                      "subprocess.run([%r, 'affected'])" % FTRACE).ok()
    assert answer.out == "" and "0 of 2" in answer.err
    assert len(small.affected_units(env={"LC_CTYPE": "de_DE.UTF-8"})) == 2
