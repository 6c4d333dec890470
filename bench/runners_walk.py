# SPDX-License-Identifier: MIT
"""bench/replay's walk along a history, for any runner."""

import os
import shutil

import common
import replay_history
import replay_report
import replay_walk
import runners_edits
import runners_work
from common import Broken, note
from replay_walk import Warm


class Copy(replay_history.Copy):
    """A clone; what npm and cargo fetched for the newest commit, and what is
    built, stays."""

    def __init__(self, history, name, suite):
        super().__init__(history, name)
        self.kept += ["/" + each for each in (*suite.kept, *suite.copied)]
        runners_edits.also(history.repository, self.root, suite.copied)


class Way:
    def __init__(self, history, source):
        root = os.path.join(history.work, history.name + "-" + self.name)
        shutil.rmtree(root + ".work", ignore_errors=True)
        self.suite = source.kind(root, source.command)
        self.copy = Copy(history, self.name, self.suite)


class Plain(Way):
    name = "full"

    def first(self):
        return self.suite.full()

    def warm(self):
        return self.first()


class Traced(Way):
    """`ftrace test`, which selects and records in one."""

    name = "ftrace"

    def __init__(self, history, source):
        super().__init__(history, source)
        self.ftrace = runners_work.Ftrace(self.suite)

    def _test(self):
        self.suite.build()
        return self.suite.spend(
            [common.FTRACE, "test", "-q", "--root", self.suite.tree, "--",
             *self.suite.recorded()], self.suite.environment())

    def first(self):
        return self._test()

    def believed(self):
        return self.ftrace.outcomes()

    def warm(self):
        """What ran is what was affected, and what the map did not know."""
        before = self.ftrace.outcomes()
        self.suite.build()
        ran = self.ftrace.units()
        status, spent = self._test()
        after = self.ftrace.outcomes()
        return Warm({unit: end for unit, end in after.items()
                     if unit in ran or unit not in before},
                    spent.wall, spent.cpu, status is None or status >= 125)


class Walk(replay_walk.Walk):
    def __init__(self, history, source):
        self.history = history
        self.floor = False
        self.take([Plain(history, source), Traced(history, source)])


def walk(source, commits):
    """The last commits that touch sources, tests or settings."""
    if not commits:
        return None
    work = os.path.join(source.work, "walk")
    os.makedirs(work, exist_ok=True)
    paths = ["*" + suffix for suffix in source.kind.language.suffixes]
    history = replay_history.History(
        source.name, source.source, replay_history.commits_of(
            source.source, "HEAD", commits + 1, paths, True), source, work)
    going = Walk(history, source)
    while len(history.commits) > 1:
        try:
            going.begin()
            break
        except Broken as problem:
            # What was fetched is for the newest commit.
            note("bench: %s" % str(problem).splitlines()[0])
            del history.commits[0]
    for number in range(1, len(history.commits)):
        replay_report.report(going.step(number), going.tools)
    replay_report.details(going.steps, going.tools)
    if going.steps:
        replay_report.summary(going.steps, going.tools)
    return going
