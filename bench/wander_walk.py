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
from oracle_suite import BAD

# Edits that are there at once.
MOST = 3

QUIET = ("-p", "no:cacheprovider")


class Step:
    """What was done, and what the map says wrongly after it."""

    def __init__(self):
        self.done = []
        self.ran = 0
        self.wrong = []

    def __str__(self):
        return "%s: %d ran%s" % (", ".join(self.done), self.ran, "".join(
            "; WRONG " + each for each in self.wrong))


class Walk:
    def __init__(self, project, seed):
        self.project = project
        self.dice = random.Random("wander/%s" % seed)
        self.seed = seed
        self.tree = Tree(os.path.join(project.work, "wander"))
        self.suite = suite_of(project, self.tree.root, project.command)
        self.ftrace = Ftrace(self.suite)
        self.mutants, self.applied = [], []
        self.edits = self.ran = self.there = 0
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

    def _traced(self, verb, *more, paths=None):
        return self.suite.run(
            *more, paths=paths,
            prefix=[common.FTRACE, verb, "-q", "--root", self.tree.root,
                    "--"])

    def _warm(self):
        run = self._traced("test", *QUIET)
        if run.timed_out:
            raise Broken("`ftrace test` took too long")
        return run

    # What people do

    def _one(self):
        tests = self.dice.sample(self.tests, min(2, len(self.tests)))
        self._traced("run", *QUIET, paths=tests)
        return "ran " + " and ".join(tests)

    def _file(self):
        file = self.dice.choice(self.tests).split("::")[0]
        self._traced("test", *QUIET, paths=[file])
        return "tested " + file

    def _word(self):
        words = self.dice.choice(self.tests).split("::")[-1].split("[")[0]
        word = self.dice.choice(words.split("_"))
        if not word.isidentifier() or word in ("and", "or", "not"):
            return "looked for nothing"
        self._traced("run", *QUIET, "-k", word)
        return "ran -k " + word

    def _first(self):
        self._traced("run", *QUIET, "-x")
        return "ran -x"

    def _piped(self):
        arguments = self.ftrace.arguments()
        if not arguments:
            return "had nothing to run"
        self._traced("run", *QUIET, paths=arguments)
        return "ran what is affected"

    def _last(self):
        # The first leaves the list of what failed, in the project.
        self._traced("run", "--lf")
        return "ran --lf"

    def _nothing(self):
        return "did nothing"

    def _edit(self, step):
        if self.applied and (self.dice.random() < 0.4
                             or len(self.applied) >= MOST):
            self.applied.pop(self.dice.randrange(len(self.applied)))
            step.done.append("undid an edit")
        elif self.mutants:
            mutant = self.mutants.pop()
            used = {path for each in self.applied for path in each.edits}
            if used & set(mutant.edits):
                return
            self.applied.append(mutant)
            self.edits += 1
            step.done.append("%s %s" % (mutant.kind, mutant.title))
        self.tree.restore()
        for mutant in self.applied:
            self.tree.apply(mutant)

    def step(self):
        step = Step()
        for _ in range(self.dice.choice((0, 1, 1, 2))):
            self._edit(step)
            step.done.append(self.dice.choice((
                self._one, self._file, self._word, self._first, self._piped,
                self._last, self._nothing, self._nothing))())
        step.ran = len(self._warm().outcomes)
        believed = {unit["id"]: unit.get("outcome") for unit in json.loads(
            self.ftrace.ask("status", "--json"))["units"]}
        full = self.suite.full()
        self.ran += step.ran
        self.there += len(full.outcomes)
        if not full.ended_early:
            step.wrong = self._compare(believed, full)
        self.wrong += ["after %s: %s" % (", ".join(step.done), each)
                       for each in step.wrong]
        return step

    def _compare(self, believed, full):
        wrong = []
        for test, end in sorted(full.outcomes.items()):
            if test in self.unsteady:
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
