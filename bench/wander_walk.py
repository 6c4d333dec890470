# SPDX-License-Identifier: MIT
"""Edits and runs in a random order, and whether the map is right after them."""

import json
import os
import random

import common
import mutate_sample
from common import Broken
from mutate_files import Survey
from mutate_tree import Tree
from mutate_work import suite_of
from oracle_select import Ftrace
from oracle_suite import BAD, file_of
from wander_edits import Edits
from wander_runs import QUIET, Runs

# Edits that are there at once.
MOST = 3
# The share of the edits that is of what tests there are.
OF_TESTS = 0.4


class Step:
    """What was done, and what the map says wrongly after it."""

    def __init__(self):
        self.done = []
        self.ran = 0
        self.left = []
        self.wrong = []

    def __str__(self):
        left = "; left " + " ".join(self.left[:3]) if self.left else ""
        return "%s: %d ran%s%s" % (
            "; ".join(self.done), self.ran, left, "".join(
                "\n    WRONG " + each for each in self.wrong))


class Walk:
    def __init__(self, project, seed):
        self.project = project
        self.dice = random.Random("wander/%s" % seed)
        self.seed = seed
        self.tree = Tree(os.path.join(project.work, "wander"))
        self.suite = suite_of(project, self.tree.root, project.command)
        self.ftrace = Ftrace(self.suite, bytecode=False)
        self.runs = Runs(self.suite, self.ftrace, self.dice)
        self.edits_of_tests = Edits(self.tree.root, self.dice)
        self.mutants, self.applied = [], []
        self.edits = self.ran = self.there = self.restless = 0
        self.wrong = []
        self.tests = []
        self.unsteady = set()

    def begin(self, steps):
        self.tree.make(self.project.source)
        self.tree.freeze()
        seen = [self.suite.full(survey=True), self.suite.full()]
        for each in seen:
            if each.broken or not each.collected:
                raise Broken("%s: the suite does not run:\n%s" % (
                    self.project.name, each.text))
        self.tree.restore()
        first, second = (each.outcomes for each in seen)
        self.unsteady = {test for test in set(first) | set(second)
                         if first.get(test) != second.get(test)}
        self.tests = sorted(first)
        self.suite.timeout = 30 + 5 * max(each.wall for each in seen) / 1000
        survey = Survey(self.project.source, seen[0].survey)
        self.mutants = mutate_sample.sample(survey, 2 * steps, self.seed)
        self.dice.shuffle(self.mutants)
        self._warm()

    def _warm(self):
        run = self.runs.traced("test", *QUIET)
        if run.timed_out:
            raise Broken("`ftrace test` took too long")
        return run

    def _edit(self, step):
        if self.applied and (self.dice.random() < 0.4
                             or len(self.applied) >= MOST):
            self.applied.pop(self.dice.randrange(len(self.applied)))
            step.done.append("undid an edit")
        else:
            mutant = self._mutant()
            used = {path for each in self.applied for path in each.edits}
            if not mutant or used & set(mutant.edits):
                return
            self.applied.append(mutant)
            self.edits += 1
            step.done.append("%s %s" % (mutant.kind, mutant.title))
        self.tree.restore()
        for mutant in self.applied:
            self.tree.apply(mutant)

    def _mutant(self):
        if self.dice.random() < OF_TESTS or not self.mutants:
            return self.edits_of_tests.draw(
                {file_of(test) for test in self.tests})
        return self.mutants.pop()

    def step(self):
        step = Step()
        for _ in range(self.dice.choice((0, 1, 1, 2, 3))):
            self._edit(step)
            step.done.append(self.runs.draw(self.tests))
        step.ran = len(self._warm().outcomes)
        believed = {unit["id"]: unit.get("outcome") for unit in json.loads(
            self.ftrace.ask("status", "--json"))["units"]}
        step.left = self._left(believed)
        self.restless += bool(step.left)
        full = self.suite.full()
        self.ran += step.ran
        self.there += len(full.outcomes)
        if not full.ended_early:
            step.wrong = self._compare(believed, full, step.left)
        if full.outcomes:
            self.tests = sorted(full.outcomes)
        self.wrong += ["after %s: %s" % (", ".join(step.done), each)
                       for each in step.wrong]
        return step

    def _left(self, believed):
        """What is affected right after it ran, and did not fail."""
        return [each for each in self.ftrace.arguments()
                if believed.get(each) not in BAD]

    def _compare(self, believed, full, left):
        wrong = []
        for test, end in sorted(full.outcomes.items()):
            # What is to run the next time is not forgotten.
            if test in self.unsteady or test in left or file_of(test) in left:
                continue
            if test not in believed:
                wrong.append("%s is not in the map" % test)
            elif (end in BAD) and believed[test] not in BAD and (
                    self._fails_alone(test)):
                wrong.append("%s is taken for %s and is %s" % (
                    test, believed[test], end))
        return wrong

    def _fails_alone(self, test):
        """Otherwise it depends on what ran before it."""
        run = self.suite.run(*QUIET, paths=[test])
        return run.outcomes.get(test) in BAD or run.broken
