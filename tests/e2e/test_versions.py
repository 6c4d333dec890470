# SPDX-License-Identifier: MIT
"""The main job with every Python that is on the machine."""

import fcntl
import glob
import os
import re
import shutil
import subprocess
import sys
import textwrap

import pytest

from helpers import PYTHON, SOURCE, call

sys.path.insert(0, str(SOURCE / "bench"))

import common  # noqa: E402

MINORS = range(9, 16)
OWN = "%d.%d" % sys.version_info[:2]


def _pythons():
    """One interpreter a version, from PATH and from pyenv."""
    found = {}
    for minor in MINORS:
        name = "python3.%d" % minor
        places = sorted(glob.glob(os.path.expanduser(
            "~/.pyenv/versions/3.%d.*/bin/%s" % (minor, name))))
        places += filter(None, [shutil.which(name)])
        for place in places:
            try:
                out = subprocess.run(
                    [place, "-c", "import venv, ensurepip, sys;"
                     "print('%d.%d' % sys.version_info[:2])"],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    timeout=30, universal_newlines=True)
            except OSError:
                continue
            if out.returncode == 0 and out.stdout.strip() == "3.%d" % minor:
                found["3.%d" % minor] = place
                break
    found[OWN] = sys.executable
    return dict(sorted(found.items(), key=lambda each: int(each[0][2:])))


def _some(found):
    """The oldest, the newest and our own; all where that is asked for.

    3.10 is to ftrace as 3.9, and 3.12 as 3.13, from which 3.14 differs most.
    """
    if os.environ.get("FTRACE_ALL_PYTHONS"):
        return found
    return {name: found[name] for name in found
            if name in (OWN, list(found)[0], "3.13", "3.14",
                        list(found)[-1])}


EVERY_PYTHON = _pythons()
PYTHONS = _some(EVERY_PYTHON)


@pytest.fixture
def python(request):
    """A python with pytest, in an environment that is kept for next time."""
    version = request.param
    if EVERY_PYTHON[version] == sys.executable:
        return PYTHON
    return installed("venv-" + version, EVERY_PYTHON[version], "pytest==7.4.0")


def installed(name, python, *needs):
    """An environment below build/, made by whoever comes first."""
    folder = SOURCE / "build" / name
    there = str(folder / "bin" / "python")
    with open(str(folder) + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(there) and not call(
                [there, "-c", "import pytest"], SOURCE).code:
            return there
        try:
            common.install(str(folder), python, list(needs))
        except common.Broken as problem:
            pytest.skip("pip cannot install %s: %s" % (
                " ".join(needs), problem))
    return there


every = pytest.mark.parametrize("python", PYTHONS, indirect=True)


@pytest.mark.parametrize("python", EVERY_PYTHON, indirect=True)
def test_smoke(project, python):
    project.python = python
    project.write("data.txt", "1")
    project.files(
        lib="def value():\n    return 1\n",
        conftest="""\
            import pytest
            @pytest.fixture(scope="session")
            def text():
                with open("data.txt") as file:
                    return file.read()
            """,
        test_one="""\
            import lib
            def test_lib():
                assert lib.value() == 1
            """,
        test_two="""\
            import subprocess
            def test_text(text):
                assert text == "1"
            def test_child():
                assert subprocess.check_output(["cat", "data.txt"]) == b"1"
            def test_none():
                pass
            """)
    plain = project.plain("-v")
    project.clear_bytecode()
    traced = project.pytest("-v").ok()
    times = r"\d+\.\d+s|=+"
    assert re.sub(times, "", traced.out) == re.sub(times, "", plain.out)
    assert traced.err == plain.err + "ftrace: recorded 4 units\n"
    assert set(project.units().values()) == {"passed"}
    assert project.affected() == []
    with project.edited("lib.py"):
        assert project.affected_units() == ["test_one.py::test_lib"]
    with project.edited("data.txt"):
        assert project.affected_units() == [
            "test_two.py::test_child", "test_two.py::test_text"]
    with project.edited("test_two.py"):
        assert project.affected() == ["test_two.py"]


@every
def test_arguments_that_are_named(project, python):
    """What is wrapped is handed them as they are given."""
    project.python = python
    project.files(
        lib="VALUE = 1\n",
        test_import="""\
            def test_import():
                lib = __import__(name="lib", fromlist=("VALUE",), level=0)
                assert lib.VALUE == 1
            """,
        test_a="""\
            import linecache, os, pytest
            def test_variable():
                assert os.environ.__getitem__(key="HOME")
                with pytest.raises(TypeError):
                    os.environ.__getitem__(name="HOME")
            def test_lines():
                assert linecache.getlines(filename="lib.py")
            def test_none():
                pass
            """)
    traced = project.pytest().ok()
    assert "4 passed" in traced.out
    with project.edited("lib.py"):
        assert project.affected_units() == [
            "test_a.py::test_lines", "test_import.py::test_import"]


@every
def test_generators_that_nothing_is_asked_of(project, python):
    """Making one is not entering it, unless it becomes another thing."""
    project.python = python
    lib = textwrap.dedent("""\
        def numbers():
            yield 1
        async def answer():
            return 1
        class Cold:
            @classmethod
            def go(cls):
                yield cls
        def untouched():
            return 2
        """)
    project.write("lib.py", lib)
    project.files(test_a="""\
        import inspect, lib
        def test_made():
            assert inspect.isgenerator(lib.numbers())
        def test_coroutine():
            lib.answer().close()
        def test_class():
            lib.Cold.go()
        def test_none():
            assert lib.untouched() == 2
        """)
    project.pytest("-q").ok()
    for old, new, name in (
            ("yield 1", "raise KeyError", "test_made"),
            ("async def", "def", "test_coroutine"),
            ("yield cls", "raise KeyError", "test_class")):
        project.write("lib.py", lib.replace(old, new))
        assert "test_a.py::" + name in project.affected_units()
        assert "test_a.py::test_none" not in project.affected_units()
