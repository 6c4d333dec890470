# SPDX-License-Identifier: MIT
"""What the end-to-end tests share: projects, and ftrace run in them.

Everything here starts real programs.  Bytes that are not UTF-8 are kept by
surrogateescape, in arguments, in output and in JSON alike.
"""

import atexit
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import textwrap
import time
from pathlib import Path

import bare

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
FTRACE = os.path.abspath(
    os.environ.get("FTRACE") or str(SOURCE / "build" / "ftrace"))
BARE = SOURCE / "build" / ("bare-%d.%d" % sys.version_info[:2])
PYTHON = bare.python(BARE)
CLICK = SOURCE / "build" / "cache" / "click-8.1.7.tar.gz"
PASSED_SEEN = re.compile(r"^(.*?) (PASSED|FAILED|ERROR|SKIPPED)", re.M)

# What the run of these tests itself has put into the environment.
_OURS = ("PYTEST", "FTRACE", "LD_PRELOAD", "PYTHON", "COV_", "VIRTUAL_ENV",
         "UBSAN_EXTRA")


# What ftrace remembers of this machine is one folder for all projects, as it
# is for a user: it is not found out again for each test.
STATE = Path(tempfile.mkdtemp(prefix="ftrace-state-"))
atexit.register(shutil.rmtree, STATE, ignore_errors=True)


def environment(**extra):
    names = {name: value for name, value in os.environ.items()
             if not name.startswith(_OURS)}
    folder = os.path.dirname(PYTHON)
    names["PATH"] = folder + os.pathsep + names.get("PATH", "/usr/bin:/bin")
    names["LC_ALL"] = "C.UTF-8"
    # Nothing is remembered about this machine but where a project says so.
    names["XDG_STATE_HOME"] = "/dev/null"
    for name, value in extra.items():
        if value is None:
            names.pop(name, None)
        else:
            names[name] = str(value)
    return names


class Result:
    """How a program ended and what it printed."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out.decode("utf-8", "surrogateescape")
        self.err = err.decode("utf-8", "surrogateescape")

    def __repr__(self):
        return "<exit %s>\n%s\n-- stderr\n%s" % (
            self.code, self.out, self.err)

    def ok(self):
        assert self.code == 0, self
        return self


def call(args, cwd, env=None, stdin=b"", timeout=240, **more):
    done = subprocess.run(
        [os.fspath(arg) for arg in args], cwd=cwd, input=stdin,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment() if env is None else env, timeout=timeout, **more)
    return Result(done.returncode, done.stdout, done.stderr)


def same_output(text):
    """pytest's output without what differs from one run to the next."""
    text = re.sub(r"\b\d+\.\d+s\b", "TIME", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"pytest-\d+/", "pytest-N/", text)
    return re.sub(r"=+ (.*TIME.*?) =+", r"= \1 =", text)


def write_source(path, data):
    """Writes a file so that no bytecode of its old text passes for current.

    Python tells a source that it cached by its size and the second it was
    written in; where both would be the same, it is written in the next.
    """
    try:
        old = os.stat(path)
    except OSError:
        old = None
    path.write_bytes(data)
    if old and path.suffix == ".py" and old.st_size == len(data):
        now = os.stat(path).st_mtime_ns
        second = 10 ** 9
        least = (old.st_mtime_ns // second + 1) * second
        if now < least:
            os.utime(path, ns=(least, least + now % second))


class Project:
    """A project in a folder of its own, and the commands run in it."""

    def __init__(self, root):
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.python = PYTHON
        self.env = {}
        self.state = STATE

    def with_plugins(self):
        """The same with all the plugins that these tests are run with."""
        self.python = sys.executable
        return self

    # Files

    def write(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            text = textwrap.dedent(text).encode()
        write_source(path, text)
        return path

    def forgets(self):
        """The map knows the last result of each test alone."""
        self.write("ftrace.json", '{"keep": {"results": 1}}\n')
        return self

    def files(self, **texts):
        """Writes modules; a__b is a/b.py."""
        for name, text in texts.items():
            self.write(name.replace("__", "/") + ".py", text)

    def edit(self, name, old=None, new=None):
        """Changes a file: a replacement, or a line more at its end."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        if old is None:
            # In Python something that every importer could notice.
            line = ("print(end=%d * \"\")" if name.endswith(".py")
                    else "EDITED = %d")
            text += "\n" + line % time.time_ns() + "\n"
        else:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        write_source(path, text.encode())
        return path

    def edited(self, *args):
        return Edited(self, *args)

    # Commands

    def environment(self, env=None):
        return environment(**{"XDG_STATE_HOME": self.state, **self.env,
                              **(env or {})})

    def sh(self, *args, cwd=None, env=None, stdin=b"", **more):
        return call(args, cwd or self.root, self.environment(env), stdin,
                    **more)

    def ftrace(self, *args, **more):
        return self.sh(FTRACE, *args, **more)

    def run(self, *args, **more):
        """Records a command."""
        return self.ftrace("run", "--", *args, **more)

    def pytest(self, *args, **more):
        """Records a run of pytest."""
        return self.run(self.python, "-m", "pytest", *args, **more)

    def plain(self, *args, **more):
        """Runs pytest untraced."""
        return self.sh(self.python, "-m", "pytest", *args, **more)

    def clear_bytecode(self):
        for name in ("__pycache__", ".pytest_cache"):
            for folder in list(self.root.rglob(name)):
                shutil.rmtree(folder, ignore_errors=True)

    # Answers

    def json(self, *args, **more):
        verb, *rest = args
        return json.loads(self.ftrace(verb, "--json", *rest, **more).ok().out)

    def affected(self, *args, **more):
        """What to hand to the runner."""
        out = self.ftrace("affected", "-0", *args, **more).ok().out
        return out.split("\0")[:-1]

    def affected_units(self, **more):
        """The recorded tests that are affected, each by its own id.

        The reasons are printed: pytest shows them where a test fails.
        """
        if more:
            # From elsewhere they are called otherwise.
            return sorted(self.affected("--tests", "-q", **more))
        reasons = self.reasons()
        for unit in reasons.items():
            print(*unit)
        return sorted(reasons)

    def reasons(self):
        """The reasons of each affected unit."""
        return {unit["id"]: unit["reasons"]
                for unit in self.json("affected")["units"]}

    def units(self):
        """The recorded units with their outcomes."""
        return {unit["id"]: unit["outcome"]
                for unit in self.json("status")["units"]}

    def inputs(self, unit):
        """What a unit depends on, as pairs of path and kind."""
        return {(each["path"], each["kind"])
                for each in self.json("deps", "--all", "--inputs",
                                      unit)["accesses"]}

    def kinds(self, unit):
        found = {}
        for each in self.json("deps", "--all", unit)["accesses"]:
            found.setdefault(each["path"], set()).add(each["kind"])
        return found

    def xargs(self, *args, cwd=None):
        """`ftrace affected -0 | xargs -0r pytest -v`, recorded again."""
        chosen = self.ftrace("affected", "-0", cwd=cwd).ok().out
        return self.sh(
            "xargs", "-0r", FTRACE, "run", "--", self.python, "-m",
            "pytest", "-v", "-p", "no:cacheprovider", *args, cwd=cwd,
            stdin=chosen.encode("utf-8", "surrogateescape"))

    def ran(self, result):
        """The ids that a verbose run of pytest says it ran."""
        return sorted(match[0] for match in PASSED_SEEN.findall(result.out)
                      if "::" in match[0])


def warm_test(project, *options, pytest=(), code=0, cwd=None):
    """`ftrace test` of pytest, with arguments for either."""
    result = project.ftrace(
        "test", *options, "--", project.python, "-m", "pytest", "-q", "-p",
        "no:cacheprovider", *pytest, cwd=cwd)
    assert result.code == code, result
    return result


# As what it is imported as it is none of pytest's.
warm_test.__test__ = False


class Edited:
    """An edit for as long as a with block lasts."""

    def __init__(self, project, name, *change):
        self.project, self.name, self.change = project, name, change

    def __enter__(self):
        self.before = (self.project.root / self.name).read_bytes()
        self.project.edit(self.name, *self.change)

    def __exit__(self, *_):
        write_source(self.project.root / self.name, self.before)


def set_size(fd, size):
    """Of a terminal: rows and columns."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


class Terminal:
    """A program that leads a session on a terminal of its own."""

    def __init__(self, args, cwd, env, size=None):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                if size:
                    set_size(0, size)
                os.chdir(cwd)
                os.execvpe(os.fspath(args[0]),
                           [os.fspath(arg) for arg in args], env)
            finally:
                os._exit(99)
        self.text = ""

    def expect(self, text, seconds=30):
        """Waits until the program has printed it; returns what came."""
        until = time.monotonic() + seconds
        while text not in self.text:
            left = until - time.monotonic()
            assert left > 0, "no %r in %r" % (text, self.text)
            if select.select([self.fd], [], [], left)[0]:
                try:
                    data = os.read(self.fd, 4096)
                except OSError:
                    data = b""
                assert data, "no %r in %r" % (text, self.text)
                self.text += data.decode("utf-8", "replace")
        before, _, self.text = self.text.partition(text)
        return before

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait(self, seconds=30):
        """How it ended, as subprocess has it: a signal is negative."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    self.text += os.read(self.fd, 4096).decode(
                        "utf-8", "replace")
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                self.fd = -1
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("still running: %r" % self.text)

    def close(self):
        if self.fd >= 0:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            os.close(self.fd)
