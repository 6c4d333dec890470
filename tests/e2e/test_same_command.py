# SPDX-License-Identifier: MIT
"""Command lines that ask for the same are one command; and the usual one."""

import os
import sqlite3

import pytest

NO_WHOLE = "no complete run of this command is recorded"

SAME = [
    ("-q",), ("-v",), ("-vv",), ("-qq",), ("-x",), ("-qx",), ("-xvs",),
    ("--maxfail", "2"), ("--maxfail=2",), ("--durations=3",),
    ("--durations", "3"), ("--junitxml", "out/r.xml"), ("--color=yes",),
    ("--tb", "short"), ("--tb=no", "-rA"), ("-r", "fE"), ("-l",),
    ("--no-header", "--no-summary"), ("--capture=no",),
    ("-p", "no:cacheprovider"), ("-pno:cacheprovider",), ("-vr", "A"),
]

OTHER = [
    ("-k", "a"), ("-qk", "a"), ("-ka",), ("--lf",), ("--ff",),
    ("-m", "not slow"), ("--deselect", "test_a.py::test_a"),
    ("-p", "no:doctest"), ("-o", "python_files=test_*.py"), ("-Werror",),
    ("--strict-markers",), ("test_a.py",), (".",), ("--", "-q"),
    ("--import-mode=append",), ("--verbose=1",),
]


@pytest.fixture
def suite(project):
    project.files(lib="def f():\n    return 1\n",
                  test_a="import lib\ndef test_a():\n    assert lib.f()\n",
                  test_b="def test_b():\n    pass\n")
    return project


def test(project, *args, code=0, **more):
    words = ("--", project.python, "-m", "pytest", *args)
    result = project.ftrace("test", *words, **more)
    assert result.code == code, result
    return result


test.__test__ = False


def usual(project, *options, code=0, **more):
    """`ftrace test` without a command."""
    result = project.ftrace("test", *options, **more)
    assert result.code == code, result
    return result


def program(project, *args, **more):
    return project.ftrace("test", "--", "pytest", *args, **more)


def test_what_is_only_shown_makes_no_other_command(suite):
    test(suite, "-q")
    for args in SAME:
        result = test(suite, *args)
        assert "nothing affected: 2 tests" in result.err, (args, result)
    suite.edit("lib.py", "return 1", "return 2")
    result = test(suite, "-vx", "-rA")
    assert "1 of 2 tests affected" in result.err and "PASSED" in result.out


@pytest.mark.parametrize("args", OTHER, ids=" ".join)
def test_what_may_choose_or_is_unknown_makes_another(suite, args):
    test(suite, "-q")
    result = suite.ftrace("test", "--", suite.python, "-m", "pytest", *args)
    assert NO_WHOLE in result.err


def test_options_of_plugins(suite):
    suite.with_plugins()
    test(suite, "-q")
    for args in (("-n2",), ("-n", "2", "--dist", "loadfile"), ("-qn0",),
                 ("--cov=lib", "--cov-report=xml"), ("--cov",),
                 ("--cov-report", "term", "-q")):
        result = test(suite, *args)
        assert "nothing affected: 2 tests" in result.err, (args, result)
    # What fails the run as a whole is another matter.
    result = suite.ftrace("test", "--", suite.python, "-m", "pytest",
                          "--cov=lib", "--cov-fail-under=100")
    assert NO_WHOLE in result.err


def test_values_are_not_taken_for_options(suite):
    """argparse gives the first word behind --cov to it."""
    suite.with_plugins()
    suite.write("more/test_c.py", "def test_c():\n    pass\n")
    test(suite, "more")
    assert "nothing affected: 1 test" in test(suite, "-r", "A", "more").err
    assert NO_WHOLE in test(suite, "--cov", "more").err


def test_behind_other_programs(suite):
    """They are compared as they are, and what pytest gets by what it says."""
    for words in (("env", "A=1"), ("nice", "-n", "1"), ("timeout", "90")):
        both = [suite.ftrace("test", "--", *words, suite.python, "-m",
                             "pytest", *args).ok()
                for args in ((), ("-q",), ("-k", "a"))]
        assert [NO_WHOLE in each.err for each in both] == [True, False, True]
    # Of others nobody knows what they make of the words.
    suite.write("run", "#!/bin/sh\nshift 2\nexec \"$@\"\n").chmod(0o755)
    for args in ((), ("-q",)):
        result = suite.ftrace("test", "--", "./run", "a", "b", suite.python,
                              "-m", "pytest", *args).ok()
        assert NO_WHOLE in result.err


def test_program_and_module(suite):
    """They are one where the current directory decides on no import."""
    program(suite, "-q").ok()
    assert "nothing affected: 2 tests" in test(suite, "-v").err
    name = os.path.basename(suite.python)
    result = suite.ftrace("test", "--", name, "-m", "pytest").ok()
    assert "nothing affected: 2 tests" in result.err
    assert NO_WHOLE in suite.ftrace("test", "--", suite.python, "-Xdev", "-m",
                                    "pytest").ok().err


@pytest.mark.parametrize("files, env, same", [
    ({}, {}, False),
    ({"conftest.py": ""}, {}, True),
    ({"tests/__init__.py": ""}, {}, True),
    ({}, {"PYTHONPATH": "."}, True),
    ({"pyproject.toml": "[tool.pytest.ini_options]\npythonpath = '.'\n"}, {},
     True),
    ({"conftest.py": "", "pyproject.toml":
      "[tool.pytest.ini_options]\naddopts = '--import-mode=append'\n"}, {},
     False),
], ids=["nothing", "conftest", "package", "variable", "setting", "append"])
def test_module_finds_what_the_program_does_not(project, files, env, same):
    project.write("lib.py", "def f():\n    return 1\n")
    project.write("tests/test_a.py",
                  "import lib\ndef test_a():\n    assert lib.f()\n")
    for name, text in files.items():
        project.write(name, text)
    project.env.update(env)
    test(project)
    result = program(project)
    assert (NO_WHOLE not in result.err) == same, result
    if not files and not env:
        assert result.code == 2 and "No module named 'lib'" in result.out


def test_an_import_that_the_program_fails_at(project):
    """It is recorded with what it did in place of it."""
    project.write("docs/x.txt")
    project.write("tests/test_a.py", (
        "try:\n    import docs\nexcept ImportError:\n    docs = None\n"
        "def test_a():\n    assert docs is None\n"))
    assert program(project).code == 0
    assert "1 failed" in test(project, code=1).out


def test_another_environment(suite, tmp_path):
    """Of another interpreter, the same line is another command."""
    place = os.path.dirname(suite.python)
    suite.env["PYTHONPATH"] = suite.sh(
        suite.python, "-c", "import sysconfig; "
        "print(sysconfig.get_path('purelib'))").ok().out.strip()
    program(suite).ok()
    for name in ("python", "python3"):
        (tmp_path / name).symlink_to(os.path.join(place, name))
    text = open(os.path.join(place, "pytest")).read()
    (tmp_path / "pytest").write_text(
        "#!%s/python\n" % tmp_path + text.partition("\n")[2])
    (tmp_path / "pytest").chmod(0o755)
    path = "%s:%s" % (tmp_path, os.environ["PATH"])
    assert NO_WHOLE in program(suite, env={"PATH": path}).err


def test_giving_up_is_no_whole_run(suite):
    """What did not run is run next time, and the command is no usual one."""
    suite.edit("test_a.py", "assert lib.f()", "assert not lib.f()")
    assert "1 failed" in test(suite, "-x", code=1).out
    assert "no command" in usual(suite, code=2).err
    suite.edit("test_a.py", "assert not", "assert")
    assert "2 passed" in test(suite, "-q").out
    # All of it ran once, and what did is remembered.
    suite.run(suite.python, "-m", "pytest", "-v").ok()
    suite.edit("test_a.py", "assert lib", "assert not lib")
    suite.edit("test_b.py", "pass", "int()")
    # The quicker one would run first, and chance says which that is.
    database = sqlite3.connect(suite.root / ".ftrace" / "map.db")
    with database:
        database.execute("UPDATE unit SET duration = 1 + (id LIKE '%b')")
    database.close()
    assert "1 failed" in test(suite, "-x", code=1).out
    assert "test_b.py::test_b" in suite.affected_units()
    result = usual(suite, code=1)
    assert "'%s -m pytest -v', the last" % suite.python in result.err
    assert "1 failed, 1 passed" in result.out


def test_a_new_file_that_was_not_reached(suite):
    """-x has pytest stop at a file that it cannot collect."""
    test(suite, "-q")
    suite.edit("test_b.py", "pass", "1 / 0")
    suite.write("test_b.py", "1 / 0\n")
    suite.write("test_c.py", "def test_c():\n    assert 0\n")
    assert suite.ftrace("test", "--", suite.python, "-m", "pytest",
                        "-x").code != 0
    suite.write("test_b.py", "def test_b():\n    pass\n")
    assert "1 failed, 1 passed" in test(suite, "-q", code=1).out


def test_usual_command(suite):
    """That of ftrace.json, else the last one that ran as a whole."""
    result = usual(suite, code=2)
    assert (result.out, len(result.err.splitlines())) == ("", 1)
    test(suite, "-q", "--tb=short")
    test(suite, "test_a.py")
    test(suite, "test_a.py::test_a")
    test(suite, "-k", "b")
    suite.run("false")
    suite.edit("lib.py", "return 1", "return 2")
    suite.write("sub/x.txt")
    shown = "'%s -m pytest -q --tb=short'" % suite.python
    suite.run("true").ok()
    assert "'true', the last command that ran" in usual(suite).err
    suite.run(suite.python, "-m", "pytest", "-q", "--tb=short").ok()
    suite.edit("lib.py", "return 2", "return 3")
    result = usual(suite, cwd=suite.root / "sub")
    assert (result.err.splitlines()[0]
            == "ftrace: %s, the last command that ran completely" % shown)
    assert "1 passed" in result.out
    assert usual(suite, "-q").err == ""
    suite.write("ftrace.json", '{"test": "%s -m pytest -v"}' % suite.python)
    result = usual(suite)
    assert '-m pytest -v\', the "test" of \'ftrace.json\'' in result.err
    assert "nothing affected: 2 tests" in result.err
    suite.write("ftrace.json", '{"test": ["%s", "-m", "pytest"]}'
                % suite.python)
    assert "nothing affected" in usual(suite, cwd=suite.root / "sub").err
    suite.write("ftrace.json", '{"test": "cat lib.py | head -1"}')
    assert usual(suite).out == "def f():\n"
    suite.write("ftrace.json", '{"test": 1}')
    assert "ftrace.json:1:10: 'test' has to be a text" in usual(
        suite, code=125).err


def test_usual_command_of_a_folder(suite):
    """It runs where it ran."""
    suite.write("sub/test_s.py", "def test_s():\n    open('x.txt')\n")
    suite.write("sub/x.txt")
    suite.run(suite.python, "-m", "pytest", cwd=suite.root / "sub").ok()
    suite.edit("sub/x.txt")
    result = usual(suite)
    assert "pytest' in 'sub', the last" in result.err
    assert "1 passed" in result.out


def test_checks_are_compared_alike(suite):
    test(suite, "-q")
    suite.write("ftrace.json", '{"checks": {"tests": {"command": '
                '"%s -m pytest -v --durations 5"}}}' % suite.python)
    assert "tests: hit" in suite.ftrace("check").ok().err


@pytest.mark.parametrize("words", [("./tox",), ("./tox", "-e", "py", "-q")])
def test_nothing_seen_inside_a_wrapper(suite, words):
    """It is said, with what to do; all its words are compared."""
    suite.write("tox", "#!/bin/sh\nexec true\n").chmod(0o755)
    result = suite.run(*words).ok()
    assert "no test of pytest was seen inside './tox'" in result.err
    assert "ftrace run -- .tox/ENV/bin/python -m pytest" in result.err
    assert "nothing affected" in suite.ftrace("test", "--", *words).ok().err
    assert NO_WHOLE in suite.ftrace("test", "--", *words, "-x").ok().err
    for options in (("--runner", "none"), ("-n", "all")):
        result = suite.ftrace("run", *options, "--", *words).ok()
        assert "inside" not in result.err
