# SPDX-License-Identifier: MIT
"""A project's suite: how it is run, and what became of each test."""

import json
import os
import signal
import subprocess
import threading
import time

import common

PLUGIN = os.path.join(common.HERE, "oracle_plugin")
BAD = ("failed", "error")


def file_of(test):
    return test.split("::", 1)[0]


class Outcomes:
    """What the plugin wrote of one run."""

    def __init__(self, lines=(), timed_out=False, wall=0.0, cpu=0.0):
        self.collected = []
        self.uncollected = []
        self.outcomes = {}
        self.started = []
        self.status = None
        self.survey = {}
        self.timed_out = timed_out
        self.wall, self.cpu = wall, cpu
        self.text = ""
        for line in lines:
            self._take(line)

    def _take(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            return  # The run was ended while it wrote this.
        if "collected" in event:
            self.collected = event["collected"]
        elif "uncollected" in event:
            self.uncollected.append(event["uncollected"])
        elif "start" in event:
            self.started.append(event["start"])
        elif "id" in event:
            self.outcomes[event["id"]] = event["outcome"]
        elif "end" in event:
            self.status = event["end"]
            self.survey = event

    @property
    def broken(self):
        """pytest itself failed, or was not there to say how it ended."""
        return self.status is None or self.status in (3, 4)

    @property
    def crashed(self):
        """pytest itself failed, in the middle of whatever it did."""
        return self.status is None or self.status == 3

    @property
    def ended_early(self):
        return self.status is None or self.status in (2, 3, 4)

    def in_uncollected(self, test):
        """Whether what holds the test could not be collected."""
        for node in self.uncollected:
            if node.endswith("/__init__.py"):
                node = os.path.dirname(node)
            if node in ("", ".") or test == node or test.startswith(
                    (node + "::", node + "/")):
                return True
        return False


class Spent:
    """Milliseconds that a command and its children took."""

    def __init__(self, wall, used):
        self.wall = wall * 1000
        self.cpu = (used.ru_utime + used.ru_stime) * 1000


def _end(group, late=None):
    try:
        os.killpg(group, signal.SIGKILL)
        if late:
            late.set()
    except (ProcessLookupError, PermissionError):
        pass


class Suite:
    """Runs the tests of a tree.  options and paths are pytest's."""

    def __init__(self, tree, command, options=(), paths=(), pythonpath=(),
                 work=None):
        self.tree = tree
        self.command = list(command)
        self.options = list(options)
        self.paths = list(paths)
        self.pythonpath = [os.path.join(tree, each) for each in pythonpath]
        self.work = work or tree + ".work"
        self.timeout = 600
        os.makedirs(self.work, exist_ok=True)

    def environment(self, plugin=False, bytecode=True, survey=False):
        names = common.environment()
        folder = os.path.dirname(self.command[0])
        if folder:
            names["PATH"] = folder + os.pathsep + names.get("PATH", "")
        path = os.pathsep.join(self.pythonpath)
        if path:
            names["PYTHONPATH"] = path
        # Mutants come and go within the second that bytecode is dated by.
        if not bytecode:
            names["PYTHONDONTWRITEBYTECODE"] = "1"
        if plugin:
            if path:
                names["BENCH_PYTHONPATH"] = path
            names["PYTHONPATH"] = os.pathsep.join(
                [PLUGIN] + self.pythonpath)
            names["BENCH_OUTCOMES"] = os.path.join(self.work, "outcomes")
            if survey:
                names["BENCH_SURVEY"] = "1"
        return names

    def pytest(self, *more, paths=None):
        """The command; without paths it runs all of the suite."""
        return (self.command + self.options + list(more)
                + (self.paths if paths is None else list(paths)))

    def telling(self, *more, paths=None):
        """The same, and it tells what becomes of each test."""
        return self.pytest(
            "-p", "bench_outcomes", "--continue-on-collection-errors",
            *more, paths=paths)

    def spend(self, argv, env):
        """Runs a command: exit status, or None when time was up; time."""
        late = threading.Event()
        with open(os.path.join(self.work, "output"), "wb") as out:
            started = time.monotonic()
            child = subprocess.Popen(
                argv, cwd=self.tree, stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env=env, start_new_session=True)
            timer = threading.Timer(self.timeout, _end, (child.pid, late))
            timer.start()
            try:
                _pid, status, used = os.wait4(child.pid, 0)
            finally:
                timer.cancel()
                # What a mutant leaves running must not disturb the next.
                _end(child.pid)
            spent = Spent(time.monotonic() - started, used)
        child.returncode = os.waitstatus_to_exitcode(status)
        return None if late.is_set() else child.returncode, spent

    def output(self):
        return common.read(os.path.join(self.work, "output"))

    def run(self, *more, paths=None, survey=False, bytecode=False,
            prefix=()):
        """Runs tests with the plugin, untraced unless a prefix traces."""
        target = os.path.join(self.work, "outcomes")
        if os.path.exists(target):
            os.unlink(target)
        argv = list(prefix) + self.telling(*more, paths=paths)
        status, spent = self.spend(
            argv, self.environment(True, bytecode, survey))
        lines = common.read(target).splitlines() if (
            os.path.exists(target)) else []
        outcomes = Outcomes(lines, status is None)
        outcomes.wall, outcomes.cpu = spent.wall, spent.cpu
        outcomes.text = self.output()[-3000:]
        return outcomes

    def full(self, **options):
        """All of the suite, as it is without any of the tools."""
        return self.run("-p", "no:cacheprovider", **options)

    def alone(self, test):
        """This test by itself."""
        return self.run("-p", "no:cacheprovider", paths=[test])

    def listed(self):
        """All tests that are collected now."""
        return set(self.run("-p", "no:cacheprovider", "--collect-only", "-q",
                            bytecode=True).collected)
