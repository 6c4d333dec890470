# SPDX-License-Identifier: MIT
"""The tools that select: ftrace, and pytest-testmon beside it."""

import glob
import os
import shutil
import subprocess

import common
import oracle_judge
from common import Broken


class Ftrace:
    """Records a suite, and asks what an edit of its tree selects."""

    name = "ftrace"

    def __init__(self, suite, bytecode=True):
        """bytecode: whether what is asked about wrote some, which tests that
        look at all of the environment see."""
        self.suite = suite
        self.bytecode = bytecode
        self.calm = []

    def ask(self, verb, *options):
        done = subprocess.run(
            [common.FTRACE, verb, "--root", self.suite.tree, *options],
            cwd=self.suite.tree, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.suite.environment(True, self.bytecode))
        if done.returncode:
            raise Broken("ftrace %s ended with %d: %s" % (
                verb, done.returncode, done.stderr.decode(errors="replace")))
        return os.fsdecode(done.stdout)

    def prefix(self):
        return [common.FTRACE, "run", "-q", "--root", self.suite.tree, "--"]

    def record(self):
        """Records all of the suite, as a user would."""
        shutil.rmtree(os.path.join(self.suite.tree, ".ftrace"),
                      ignore_errors=True)
        argv = self.prefix() + self.suite.pytest("-p", "no:cacheprovider")
        # Runs with the plugin and queries have to be of one environment:
        # everything depends on PYTHONPATH.
        status, spent = self.suite.spend(argv, self.suite.environment(True))
        if status not in (0, 1):
            raise Broken("recording ended with %s:\n%s" % (
                status, self.suite.output()[-3000:]))
        self.calm = self.arguments()
        return spent

    def arguments(self):
        """What the runner would be given now."""
        return self.ask("affected", "-0", "-q").split("\0")[:-1]

    def changed(self):
        return self.ask("changed").splitlines()

    def is_calm(self):
        """Whether nothing but what is selected anyway is selected."""
        return self.arguments() == self.calm

    def select(self, baseline, after):
        return self.resolve(self.arguments(), baseline, after)

    def resolve(self, arguments, baseline, after):
        """after: the full run of the tree as it is now."""
        breaks = False
        if after.broken and arguments:
            breaks = self.suite.run(
                "--collect-only", "-q", paths=arguments).broken
        return oracle_judge.resolve(arguments, baseline, after, breaks)


def _last_error(text):
    """The line of an output that says what went wrong."""
    lines = [line for line in text.splitlines() if "Error" in line]
    return lines[-1].strip() if lines else text[-300:]


class Unusable(Broken):
    """The other tool does not work on this project."""


class Testmon:
    """pytest-testmon, in a tree and an environment of its own."""

    name = "testmon"

    def __init__(self, suite):
        self.suite = suite
        self.saved = os.path.join(suite.work, "testmondata")

    def record(self):
        for path in self._data():
            os.unlink(path)
        argv = self.suite.pytest("--testmon", "--testmon-forceselect")
        status, spent = self.suite.spend(argv, self.suite.environment())
        if status not in (0, 1) or not self._data():
            raise Unusable("pytest-testmon ended with %s: %s" % (
                status, _last_error(self.suite.output())))
        shutil.rmtree(self.saved, ignore_errors=True)
        os.mkdir(self.saved)
        for path in self._data():
            shutil.copy2(path, self.saved)
        return spent

    def _data(self):
        return glob.glob(os.path.join(self.suite.tree, ".testmondata*"))

    def restore(self):
        """A question writes into the data as well."""
        for path in self._data():
            os.unlink(path)
        for path in glob.glob(os.path.join(self.saved, ".testmondata*")):
            shutil.copy2(path, self.suite.tree)

    def select(self, baseline, _after):
        """Asks by collecting: what is deselected is not collected.

        --testmon-forceselect, as pytest-testmon else selects everything when
        there is a -k or -m, and looks for an option of the cache's plugin.
        """
        seen = self.suite.run(
            "--testmon", "--testmon-forceselect", "--testmon-nocollect",
            "--collect-only", "-q")
        self.restore()
        if seen.broken:
            return oracle_judge.Selection(baseline.good)
        tests = set(seen.collected)
        tests |= {test for test in baseline.good if seen.in_uncollected(test)}
        return oracle_judge.Selection(tests)
