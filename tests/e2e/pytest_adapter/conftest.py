# SPDX-License-Identifier: MIT
"""Runs small projects with and without the plugin and reads its marks."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from helpers import PYTHON

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PYTHON_FOLDER = ROOT / "languages" / "python"
# In the order of struct startup.
RUNNERS = "pytest", "unittest", "django"


def _compile(target, *sources):
    subprocess.run(
        ["cc", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wshadow",
         "-Wstrict-prototypes", "-Werror", "-D_GNU_SOURCE", "-pthread",
         "-std=gnu11",
         "-I", str(ROOT),
         "-o", str(target), *map(str, sources)],
        check=True)


@pytest.fixture(scope="session")
def tools(tmp_path_factory):
    """All that is loaded into Python, and the library that records marks."""
    folder = tmp_path_factory.mktemp("adapter") / "_ftrace"
    runners = [ROOT / "runners" / name for name in RUNNERS]
    for source in (PYTHON_FOLDER, ROOT / "runners" / "python", *runners):
        for module in source.rglob("*.py"):
            target = folder / module.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, target)
    parts = {part for part in PYTHON_FOLDER.glob("*/*.c")
             if part.name != "startup.c"}
    _compile(folder / "languages" / "python" / "extension.so", *parts)
    library = tmp_path_factory.mktemp("library") / "libftrace.so"
    _compile(library, HERE / "recorder.c",
             ROOT / "preload" / "interpreter.c")
    return folder, library


class Record:
    """What the marks of one run add up to, as the tracer would see it."""

    def __init__(self, text):
        self.uses = {}
        self.outcomes = {}
        self.blocks = {}
        self.looks = {}
        self.sources = {}
        self.reads = {}
        self.interpreters = set()
        self.codes = {}
        self.entries = []
        self.coarse = {}
        self.unbalanced = 0
        self.muted = {}
        self._whole = {}
        self._threads = {}
        for line in text.splitlines():
            process, thread, mark = line.split(" ", 2)
            self._take(process, (process, thread), mark)
        # What comes when all tests have run stays open.
        self.open = sum(len(s) for s in self._whole.values()
                        if s != ["finish/"])
        self.open += sum(len(s) for s in self._threads.values())

    def _scope(self, process, key):
        stack = self._threads.get(key) or self._whole.get(process)
        return stack[-1] if stack else "run/"

    def _take(self, process, key, mark):
        verb, _, rest = mark.partition("/")
        whole = self._whole.setdefault(process, [])
        local = self._threads.setdefault(key, [])
        scope = self._scope(process, key)
        if verb == "begin":
            self.uses.setdefault(rest, set())
            # One stack for what is nested, whichever kind it is.
            is_local = rest.startswith(("module/", "memo/"))
            stack = local if is_local or local else whole
            stack.append(rest)
        elif verb == "end":
            stack = local or whole
            if stack:
                stack.pop()
            else:
                self.unbalanced += 1
        elif verb == "use":
            self.uses.setdefault(scope, set()).add(rest)
        elif verb == "outcome":
            word = rest.partition("/")[0]
            self.outcomes.setdefault(scope, []).append(word)
        elif verb == "code":
            token, number, name, path = rest.split("/", 3)
            self.codes[token, number] = (name, path)
        elif verb == "enter":
            token, _, numbers = rest.partition("/")
            for number in numbers.split(","):
                self.entries.append((scope, token, number))
        elif verb == "coarse":
            self.coarse.setdefault(scope, set()).add(rest)
        elif verb == "block":
            self.blocks.setdefault(scope, set()).add(rest)
        elif verb == "mute":
            self.muted[key] = self.muted.get(key, 0) + 1
        elif verb == "unmute":
            self.muted[key] -= 1
        elif verb == "interpreter":
            assert scope == "run/"
            self.interpreters.add(rest)
        elif verb == "source":
            self.sources.setdefault(scope, set()).add(rest)
        elif verb.startswith("!"):
            if not self.muted.get(key):
                self.reads.setdefault(scope, set()).add(mark[1:])
        elif verb.startswith("?"):
            self.looks.setdefault(scope, set()).add(mark[1:])

    def entered(self, scope, file=None):
        """The names of the blocks that a scope entered, of a file or all."""
        found = set()
        for each, token, number in self.entries:
            name, path = self.codes[token, number]
            if each == scope and (file is None
                                  or os.path.basename(path) == file):
                found.add(name)
        return found

    def closure(self, scope):
        """All that a scope reaches, the base scope included."""
        found, work = set(), [scope, "run/"]
        while work:
            each = work.pop()
            if each not in found:
                found.add(each)
                work.extend(self.uses.get(each, ()))
        return found

    def unit(self, name):
        return self.closure("unit/pytest/" + name)

    def reads_of(self, name):
        """The base names of the Python files a unit read or looked at.

        Looking for tests is weighed differently by the tracer.
        """
        return {path.rpartition("/")[2] for scope in self.unit(name)
                if not scope.startswith("discover/")
                for path in self.reads.get(scope, ())}

    def units(self):
        """The last outcome of each unit, by its name."""
        prefix = "unit/pytest/"
        return {scope[len(prefix):]: words[-1]
                for scope, words in self.outcomes.items()
                if scope.startswith(prefix)}

    def check(self):
        """No run may end with an open scope or a confession."""
        assert not self.unbalanced
        assert not self.open
        # The end of the session mutes what comes after all outcomes.
        assert all(depth <= 1 for depth in self.muted.values())
        assert not any("lost" in words for words in self.outcomes.values())


class Project:
    def __init__(self, root, tools):
        self.root = root
        self.adapter, self.library = tools
        self.count = 0
        self.python = PYTHON
        self.way = None  # of recording functions, where one is asked for

    def with_plugins(self):
        """The same with all the plugins that these tests are run with."""
        self.python = sys.executable
        return self

    def write(self, **files):
        for name, text in files.items():
            self.file(name.replace("__", "/") + ".py", text)

    def file(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def _environment(self, extra):
        names = {name: value for name, value in os.environ.items()
                 if not name.startswith(("PYTEST", "FTRACE", "LD_PRELOAD",
                                         "PYTHONPATH"))}
        names.update(extra or {})
        return names

    def plain(self, *args, env=None, cwd=None):
        return self._run(args, self._environment(env), cwd)

    def traced(self, *args, env=None, cwd=None, root=None, check=True):
        self.count += 1
        marks = self.root.parent / ("marks%d" % self.count)
        names = self._environment(env)
        names["MARKS"] = str(marks)
        session = self.root.parent / ("session%d" % self.count)
        self._start(session, root or self.root)
        names["FTRACE_SESSION"] = str(session / "arena")
        names["FTRACE_SCOPE"] = "1.0"
        if self.way:
            names.setdefault("FTRACE_FUNCTIONS", self.way)
        old = names.get("LD_PRELOAD")
        names["LD_PRELOAD"] = ":".join(filter(None, (old, str(self.library))))
        result = self._run(args, names, cwd)
        text = ""
        if marks.exists():
            text = marks.read_text(errors="surrogateescape")
        result.record = Record(text)
        if check:
            result.record.check()
        return result

    def _start(self, session, root):
        """What each Python runs first, as startup.c has it."""
        session.mkdir()
        lines = ["%s = %r\n" % (name, os.fsencode(value)) for name, value in (
            ("FOLDER", self.adapter), ("SESSION", session), ("ROOT", root),
            ("SELECTION", ""))]
        starts = ["languages/python/start/start.py"] + [
            "runners/%s/start.py" % name for name in RUNNERS]
        lines.append("STARTS = %r\n" % (
            tuple(map(os.fsencode, starts)),))
        start = self.adapter / "languages" / "python" / "start"
        boot = (start / "boot.py").read_text()
        (session / "start.py").write_text(
            "".join(lines) + "TELLS = b'pytest'\n" + boot)

    def _run(self, args, names, cwd):
        # Neither run may profit from what the other one left.
        for folder in list(self.root.rglob("__pycache__")):
            shutil.rmtree(folder)
        result = subprocess.run(
            [self.python, "-m", "pytest", *args], cwd=cwd or self.root,
            env=names, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            universal_newlines=True)
        result.text = _without_times(result.stdout)
        return result

    def same(self, *args, **kwargs):
        """Runs both ways, and gives the traced run if they look the same."""
        cache = self.root / ".pytest_cache"
        before = self.root.parent / "cache"
        if cache.exists():
            shutil.copytree(cache, before)
        plain = self.plain(*args, **{key: value for key, value
                                     in kwargs.items()
                                     if key in ("env", "cwd")})
        if cache.exists():
            shutil.rmtree(cache)
        if before.exists():
            shutil.move(str(before), str(cache))
        traced = self.traced(*args, **kwargs)
        assert traced.text == plain.text
        assert traced.returncode == plain.returncode
        return traced


def _without_times(text):
    text = re.sub(r"\b\d+\.\d+s\b( \(\d+:\d\d:\d\d\))?", "TIME", text)
    # Which phase was the slowest is chance.
    text = re.sub(r"TIME (setup   |call    |teardown)", "TIME PHASE", text)
    text = re.sub(r"=+ (.*TIME.*?) =+", r"= \1 =", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    return re.sub(r"pytest-\d+/", "pytest-N/", text)


@pytest.fixture
def project(tmp_path, tools):
    root = tmp_path / "project"
    root.mkdir()
    made = Project(root.resolve(), tools)
    made.file("pytest.ini", "[pytest]\n")
    return made
