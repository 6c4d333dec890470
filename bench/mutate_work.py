# SPDX-License-Identifier: MIT
"""Makes the mutants of one project, one after the other, and judges them."""

import concurrent.futures
import os
import queue

import common
import mutate_sample
import oracle_judge
from common import Broken
from mutate_files import Survey
from mutate_tree import Tree
from oracle_select import Ftrace, Testmon, Unusable
from oracle_suite import Suite

# Escapes of one mutant that are each run alone.
ALONE = 10


class Answer:
    """What one tool selected for one mutant, and what that missed."""

    def __init__(self, selection, baseline, failed):
        self.selected = len(baseline.good & selection.tests)
        self.share = baseline.share(selection.tests)
        self.chosen = sorted(selection.tests)
        self.refused = selection.refused
        self.missed = oracle_judge.escapes(failed, selection)
        self.escapes, self.order, self.flaky = [], [], []

    def settle(self, verdicts):
        """verdicts: what confirming found of each missed test."""
        for test in self.missed:
            getattr(self, verdicts[test]).append(test)

    def as_json(self):
        return {name: getattr(self, name) for name in (
            "selected", "share", "refused", "escapes", "order", "flaky")}


class Result:
    def __init__(self, mutant, diff):
        self.mutant = mutant
        self.diff = diff
        self.failed = set()
        self.timed_out = False
        self.unclean = False
        self.arguments = []
        self.answers = {}

    def as_json(self):
        return {
            "kind": self.mutant.kind, "title": self.mutant.title,
            "diff": self.diff, "failed": sorted(self.failed),
            "timed_out": self.timed_out, "unclean": self.unclean,
            "arguments": self.arguments,
            "answers": {name: answer.as_json()
                        for name, answer in self.answers.items()}}


def suite_of(project, tree, command):
    return Suite(tree, command, project.options, project.paths,
                 project.pythonpath)


class Bench:
    """One copy of the tree, recorded, and one more for pytest-testmon."""

    def __init__(self, project, number):
        self.project = project
        root = os.path.join(project.work, "tree-%d" % number)
        self.tree = Tree(root)
        self.suite = suite_of(project, root, project.command)
        self.ftrace = Ftrace(self.suite)
        self.other = self.testmon = None
        if project.testmon:
            root = os.path.join(project.work, "testmon-%d" % number)
            self.other = Tree(root)
            self.testmon = Testmon(
                suite_of(project, root, project.testmon))

    def make(self):
        self.tree.make(self.project.source)
        if self.other:
            self.other.make(self.project.source)

    def baseline(self, runs):
        """The untraced suite: the survey, and what always passes."""
        seen = []
        for i in range(runs):
            self.tree.freeze()
            seen.append(self.suite.full(survey=i == 0))
            self.tree.restore()
            if seen[-1].broken or not seen[-1].collected:
                raise Broken("%s: the suite does not run:\n%s" % (
                    self.project.name, seen[-1].text))
        return oracle_judge.Baseline(seen), seen

    def record(self):
        spent = {"ftrace": self.ftrace.record()}
        self.tree.freeze()
        if self.testmon:
            spent["testmon"] = self.testmon.record()
            self.other.freeze()
        return spent

    def without_testmon(self):
        self.other = self.testmon = None

    def limit(self, seconds):
        """A mutant may hang."""
        self.suite.timeout = seconds
        if self.testmon:
            self.testmon.suite.timeout = seconds

    def judge(self, mutant, baseline):
        result = Result(mutant, mutate_sample.diff(mutant, self.tree.root))
        self._applied(result, baseline)
        self.tree.restore()
        if not self.ftrace.is_calm():
            # What was put back is taken for changed: a question about the
            # next mutant would be answered with this one's tests as well.
            result.unclean = True
            self.ftrace.record()
            self.tree.freeze()
        return result

    def _applied(self, result, baseline):
        self.tree.apply(result.mutant)
        result.arguments = self.ftrace.arguments()
        after = self.suite.full()
        failed = result.failed = oracle_judge.failing(baseline, after)
        result.timed_out = after.timed_out
        answers = result.answers
        answers["ftrace"] = Answer(self.ftrace.resolve(
            result.arguments, baseline, after), baseline, failed)
        if self.testmon:
            self.other.apply(result.mutant)
            answers["testmon"] = Answer(
                self.testmon.select(baseline, after), baseline, failed)
            self.other.restore()
        missed = set()
        for answer in answers.values():
            missed.update(answer.missed)
        verdicts = self._confirm(result.mutant, baseline, sorted(missed))
        for answer in answers.values():
            answer.settle(verdicts)

    def _confirm(self, mutant, baseline, missed):
        """Whether it is the mutant that makes the missed tests fail.

        A test that fails in a second full run as well, and also when it runs
        alone, and alone passes without the mutant, has escaped.  One that
        fails only after others depends on these ("order").
        """
        if not missed:
            return {}
        again = oracle_judge.failing(baseline, self.suite.full())
        verdicts = {test: "escapes" if test in again else "flaky"
                    for test in missed}
        left = [test for test in missed if test in again]
        tried = left[::max(1, len(left) // ALONE)][:ALONE]
        alone = {test for test in tried if self._fails(test, baseline)}
        self.tree.restore()
        broken = {test for test in alone if self._fails(test, baseline)}
        self.tree.restore()
        self.tree.apply(mutant)
        for test in tried:
            if test not in alone - broken:
                verdicts[test] = "order"
        if tried and not alone - broken:
            verdicts.update((test, "order") for test in left)
        return verdicts

    def _fails(self, test, baseline):
        return test in oracle_judge.failing(baseline, self.suite.alone(test))


class Project:
    """All mutants of a project."""

    def __init__(self, project, jobs):
        self.project = project
        self.benches = [Bench(project, i) for i in range(jobs)]
        self.baseline = None
        self.plain = []
        self.spent = {}
        self.without = None
        self.results = []

    def prepare(self, runs):
        for bench in self.benches:
            bench.make()
        first = self.benches[0]
        self.baseline, self.plain = first.baseline(runs)
        wall = max(run.wall for run in self.plain) / 1000
        for bench in self.benches:
            if self.without:
                bench.without_testmon()
            try:
                spent = bench.record()
            except Unusable as problem:
                # A tool that its project is too much for ends no benchmark.
                self.without = str(problem)
                bench.without_testmon()
                spent = bench.record()
            self.spent = self.spent or spent
            bench.limit(30 + 5 * wall)

    def sample(self, count, seed, kinds):
        survey = Survey(self.project.source, self.plain[0].survey)
        return mutate_sample.sample(survey, count, seed, kinds)

    def run(self, mutants, progress):
        idle = queue.Queue()
        for bench in self.benches:
            idle.put(bench)

        def judge(mutant):
            bench = idle.get()
            try:
                return bench.judge(mutant, self.baseline)
            finally:
                idle.put(bench)

        with concurrent.futures.ThreadPoolExecutor(
                len(self.benches)) as workers:
            for result in workers.map(judge, mutants):
                self.results.append(result)
                progress(result)

    def median_wall(self):
        return common.median([run.wall for run in self.plain])
