# SPDX-License-Identifier: MIT
"""Walks a history: at each commit the whole suite, and what is selected."""

import json

import common
from common import Broken
from mutate_work import suite_of
from oracle_select import Ftrace, Testmon
from oracle_suite import BAD
from replay_history import Copy

# Missed tests of one commit that are each run alone.
ALONE = 10


class Warm:
    """What a tool ran at a commit, and what it spent."""

    def __init__(self, ran, wall, cpu, broken=False):
        self.ran = dict(ran)
        self.wall, self.cpu = wall, cpu
        self.broken = broken
        # What was asked of the runner, and its wall time without the tool.
        self.arguments = []
        self.floor = 0.0
        self.escapes, self.unconfirmed = [], []
        self.not_run, self.differs = [], []


def compare(warm, full, before, believed):
    """What the warm run does not show.

    full, before: how tests ended in the full runs of this commit and of the
    one before; believed: what the tool's record says of each.  Returns the
    escapes; new tests that did not run, and tests that ran and ended in
    another way than in the full run.
    """
    missed = [test for test, end in full.items()
              if end in BAD and test not in warm.ran and (
                  before.get(test) not in BAD
                  or believed.get(test) not in BAD)]
    not_run = [test for test in full
               if test not in before and test not in warm.ran
               and test not in missed]
    differs = [test for test, end in warm.ran.items()
               if test in full and (full[test] in BAD) != (end in BAD)]
    return sorted(missed), sorted(not_run), sorted(differs)


class Plain:
    """The whole suite without any tool."""

    name = "full"

    def __init__(self, history, copy):
        self.copy = copy
        self.suite = suite_of(history.project, copy.root,
                              history.project.command)

    def first(self):
        return self.suite.full(bytecode=True)

    def warm(self):
        return self.first()


class Traced:
    """`ftrace test`: what is affected is run, and recorded anew."""

    name = "ftrace"

    def __init__(self, history, copy):
        self.copy = copy
        self.floor = False  # asked for what would be run, too
        self.suite = suite_of(history.project, copy.root,
                              history.project.command)
        self.ftrace = Ftrace(self.suite)

    def _test(self):
        """One command for all commits: it is known by its words."""
        return self.suite.run(
            "-p", "no:cacheprovider", bytecode=True,
            prefix=[common.FTRACE, "test", "-q", "--root", self.suite.tree,
                    "--"])

    def first(self):
        return self._test()

    def believed(self):
        text = self.ftrace.ask("status", "--json")
        return {unit["id"]: unit.get("outcome")
                for unit in json.loads(text)["units"]}

    def warm(self):
        asked = self.ftrace.arguments() if self.floor else []
        run = self._test()
        # It says nothing where nothing is affected, as pytest never does.
        nothing = run.status is None and not run.text
        warm = Warm(run.outcomes, run.wall, run.cpu,
                    run.broken and not nothing)
        warm.arguments = asked
        return warm


class Monitored:
    """pytest-testmon, which selects and records in one run."""

    name = "testmon"

    def __init__(self, history, copy):
        self.copy = copy
        self.suite = suite_of(history.project, copy.root,
                              history.project.testmon)

    def first(self):
        return Testmon(self.suite).record()

    def believed(self):
        return {}

    def warm(self):
        run = self.suite.run("--testmon", "--testmon-forceselect",
                             bytecode=True)
        return Warm(run.outcomes, run.wall, run.cpu, run.broken)


class Step:
    """One commit."""

    def __init__(self, commit, subject):
        self.commit = commit
        self.subject = subject
        self.full = None
        self.warm = {}

    def share(self, tool):
        """Of the tests that are there now."""
        there = self.full.outcomes
        return len(set(self.warm[tool].ran) & set(there)) / max(
            1, len(there))

    def ratio(self, tool, what="wall"):
        return getattr(self.warm[tool], what) / getattr(self.full, what)

    def as_json(self):
        return {
            "commit": self.commit, "subject": self.subject,
            "tests": len(self.full.outcomes),
            "failed": sorted(test for test, end in self.full.outcomes.items()
                             if end in BAD),
            "full": {"wall_ms": self.full.wall, "cpu_ms": self.full.cpu},
            "warm": {tool: {
                "selected": len(warm.ran), "share": self.share(tool),
                "wall_ms": warm.wall, "cpu_ms": warm.cpu,
                "floor_ms": warm.floor,
                "escapes": warm.escapes, "unconfirmed": warm.unconfirmed,
                "not_run": warm.not_run, "differs": warm.differs,
            } for tool, warm in self.warm.items()}}


class Walk:
    def __init__(self, history, testmon, floor=False):
        self.history = history
        self.floor = floor
        kinds = [Plain, Traced] + [Monitored] * testmon
        self.take([kind(history, Copy(history, kind.name))
                   for kind in kinds])
        self.ways[1].floor = floor

    def take(self, ways):
        """The whole suite first, then the tools."""
        self.ways = ways
        self.plain = ways[0]
        self.tools = [way.name for way in ways[1:]]
        self.before = {}
        self.steps = []

    def begin(self):
        commit, _subject = self.history.commits[0]
        for way in self.ways:
            way.copy.checkout(commit)
            found = way.first()
            if way is self.plain:
                if found.broken or not found.outcomes:
                    raise Broken("the suite does not run at %s:\n%s" % (
                        commit, found.text))
                self.before = found.outcomes

    def step(self, number):
        """The ways take turns in being first, so that a drift cancels."""
        commit, subject = self.history.commits[number]
        step = Step(commit, subject)
        for way in self.ways:
            way.copy.checkout(commit)
        believed = {way.name: way.believed() for way in self.ways[1:]}
        self.ask(step, self.history.commits[number - 1][0])
        turn = number % len(self.ways)
        for way in self.ways[turn:] + self.ways[:turn]:
            found = way.warm()
            if way is self.plain:
                step.full = found
            else:
                step.warm[way.name] = found
        for warm in step.warm.values():
            if self.floor and warm.arguments:
                warm.floor = self.plain.suite.run(
                    "-p", "no:cacheprovider", paths=warm.arguments,
                    bytecode=True).wall
        if step.full.crashed:
            # Where pytest breaks down nobody knows how tests would end.
            return step
        for tool, warm in step.warm.items():
            self._judge(step.full, warm, believed[tool] or self.before)
        # One full run more or less tells a test that is flaky.
        self.before = step.full.outcomes
        self.steps.append(step)
        return step

    def ask(self, step, before):
        """What else is asked of the tools, which have run at before."""

    def _judge(self, full, warm, believed):
        missed, not_run, warm.differs = compare(
            warm, self._ended(full), self.before, believed)
        warm.not_run = self._lasting(not_run)
        tried = missed[::max(1, len(missed) // ALONE)][:ALONE]
        fine = {test for test in tried if not self._fails_alone(test)}
        # Of many some speak for all.
        if len(fine) == len(tried):
            fine = set(missed)
        for test in missed:
            (warm.unconfirmed if test in fine else warm.escapes).append(test)

    def _lasting(self, tests):
        """Without those that are called otherwise each time: by the time of
        day, or by what was drawn."""
        if not tests:
            return []
        again = self.plain.suite.listed()
        return [test for test in tests if test in again]

    def _fails_alone(self, test):
        """A test that passes alone fails by what ran before it."""
        alone = self.plain.suite.alone(test)
        return (alone.outcomes.get(test) in BAD or alone.broken
                or alone.in_uncollected(test))

    def _ended(self, full):
        """With the tests that could not be collected as failed."""
        ended = dict(full.outcomes)
        for test in self.before:
            if test not in ended and (
                    full.broken or full.in_uncollected(test)):
                ended[test] = "error"
        return ended


def totals(steps, tool):
    """The figures of a tool over all commits."""
    tests = sum(len(step.full.outcomes) for step in steps)
    ran = sum(len(set(step.warm[tool].ran) & set(step.full.outcomes))
              for step in steps)
    full = sum(step.full.wall for step in steps)
    cpu = sum(step.full.cpu for step in steps)
    return {
        "commits": len(steps), "tests": tests, "selected": ran,
        "share": ran / max(1, tests),
        "share_mean": sum(step.share(tool) for step in steps) / max(
            1, len(steps)),
        "full_s": full / 1000,
        "wall_s": sum(step.warm[tool].wall for step in steps) / 1000,
        "wall": sum(step.warm[tool].wall for step in steps) / full,
        "floor": sum(step.warm[tool].floor for step in steps) / full,
        "wall_median": common.median(
            [step.ratio(tool) for step in steps]),
        "cpu": sum(step.warm[tool].cpu for step in steps) / cpu,
        "escapes": sum(len(step.warm[tool].escapes) for step in steps),
        "not_run": sum(len(step.warm[tool].not_run) for step in steps),
    }
