# SPDX-License-Identifier: MIT
"""One project of bench/runners: recorded, timed, edited and judged."""

import json
import os
import shutil

import common
import mutate_sample
import mutate_work
import oracle_judge
import oracle_select
import runners_edits
from common import Broken
from mutate_files import Mutant
from mutate_tree import Tree
from mutate_work import Answer, Result
from oracle_judge import Selection

# Mutants that cannot be built, for one that can.
TRIES = 6


class Ftrace(oracle_select.Ftrace):
    """Records the command as its user would, and asks about it."""

    def record(self):
        shutil.rmtree(os.path.join(self.suite.tree, ".ftrace"),
                      ignore_errors=True)
        return self.again()

    def again(self):
        status, spent = self.suite.spend(
            self.prefix() + self.suite.recorded(), self.suite.environment())
        if status is None or status > 1 and status < 9 or status >= 125:
            raise Broken("recording ended with %s:\n%s" % (
                status, self.suite.output()[-3000:]))
        self.calm = self.arguments()
        return spent

    def arguments(self):
        return self.ask("affected", "-0", "-q", "--tests").split("\0")[:-1]

    def files(self):
        """What a runner would be given: new files, too."""
        return self.ask("affected", "-0", "-q").split("\0")[:-1]

    def outcomes(self):
        """How the map has it that each unit ended."""
        text = self.ask("status", "--json")
        return {self.suite.unit(each["id"]): each.get("outcome")
                for each in json.loads(text)["units"]}

    def units(self):
        return {self.suite.unit(name)
                for name in self.arguments() + self.files()}


class Bench(mutate_work.Bench):
    """A copy of the tree, recorded."""

    def __init__(self, project):
        self.project = project
        root = os.path.join(project.work, "tree")
        self.suite = project.kind(root, project.command)
        self.tree = Tree(root, self.suite.kept, self.suite.dated)
        self.ftrace = Ftrace(self.suite)
        self.other = self.testmon = None

    def make(self):
        self.project.files = runners_edits.copy(
            self.project.source, self.tree.root, self.suite.copied)

    def baseline(self, runs):
        if not self.suite.build():
            raise Broken("%s does not build:\n%s" % (
                self.project.name, self.suite.output()[-3000:]))
        return super().baseline(runs)

    def record(self):
        spent = super().record()
        lacking = self.project.known - set(self.ftrace.outcomes())
        if lacking:
            raise Broken("%s: no units: %s" % (
                self.project.name, " ".join(sorted(lacking)[:5])))
        self.suite.settled()
        # go's cache has to have them, too.
        self.suite.rival(Mutant("", "", {}))
        return spent

    def judge(self, mutant, baseline):
        """None where nothing could be built."""
        result = Result(mutant, mutate_sample.diff(mutant, self.tree.root))
        built = self._applied(result, baseline)
        self.tree.restore()
        self.suite.settled()
        if not self.ftrace.is_calm():
            result.unclean = True
            result.arguments = self.ftrace.arguments()
            self.ftrace.record()
            self.suite.settled()
            self.tree.freeze()
        return result if built else None

    def _applied(self, result, baseline):
        self.tree.apply(result.mutant)
        if not self.suite.build():
            return False
        chosen = self.ftrace.units()
        result.arguments = sorted(chosen)
        other = self.suite.rival(result.mutant)
        after = self.suite.full()
        if after.unbuilt:
            return False
        failed = result.failed = oracle_judge.failing(baseline, after)
        result.timed_out = after.timed_out
        answers = result.answers
        answers["ftrace"] = Answer(Selection(chosen), baseline, failed)
        if other is not None:
            answers["rival"] = Answer(Selection(other), baseline, failed)
        missed = {test for answer in answers.values()
                  for test in answer.missed}
        verdicts = self._confirm(result.mutant, baseline, sorted(missed))
        for answer in answers.values():
            answer.settle(verdicts)
        return True


class Source:
    """What is to be known of a project before it is copied."""

    def __init__(self, name, source, kind, command, work):
        self.name = name
        self.source = source
        self.kind = kind
        self.command = command or kind.usual(source)
        self.work = os.path.join(work, name)
        self.files = []
        self.known = set()
        os.makedirs(self.work, exist_ok=True)


class Project(mutate_work.Project):
    """All that is done with a project."""

    def __init__(self, source):
        self.project = source
        self.benches = [Bench(source)]
        self.bench = self.benches[0]
        self.baseline, self.plain, self.spent = None, [], {}
        self.without, self.results = None, []
        self.unbuilt = 0
        self.ratios = {}

    def prepare(self, runs):
        bench = self.bench
        bench.make()
        self.baseline, self.plain = bench.baseline(runs)
        self.project.known = self.baseline.good
        self.spent = bench.record()
        if bench.ftrace.units() & self.baseline.good:
            raise Broken("nothing was edited, and affected are: %s" % (
                " ".join(sorted(bench.ftrace.units()))))
        bench.limit(30 + 5 * max(run.wall for run in self.plain) / 1000)

    def measure(self, pairs):
        """Traced by untraced, in turns, first and recorded again."""
        suite, ftrace = self.bench.suite, self.bench.ftrace

        def plain():
            return suite.spend(suite.untraced(), suite.environment())[1]

        for name, traced in (("first", ftrace.record),
                             ("again", ftrace.again)):
            found = []
            for number in range(pairs):
                if number % 2:
                    two = traced()
                    one = plain()
                else:
                    one = plain()
                    two = traced()
                found.append((two.cpu / one.cpu, two.wall / one.wall))
            if found:
                self.ratios[name] = [
                    common.median(each) for each in zip(*found)]
        self.bench.tree.freeze()
        self.bench.suite.settled()

    def mutate(self, count, seed, kinds, progress):
        files = runners_edits.Files(
            self.bench.tree.root, self.project.files,
            self.project.kind.language)
        tried = 0
        for mutant in runners_edits.draw(files, seed, kinds):
            if len(self.results) >= count or tried >= TRIES * count:
                break
            tried += 1
            result = self.bench.judge(mutant, self.baseline)
            if result is None:
                self.unbuilt += 1
                continue
            self.results.append(result)
            progress(result)
