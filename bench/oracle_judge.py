# SPDX-License-Identifier: MIT
"""Compares the tests that fail with the tests that were selected."""

from oracle_suite import BAD, file_of


class Baseline:
    """The suite before the edit: what counts, and what passed.

    Tests that fail or do not always end alike say nothing about an edit and
    are left out of everything.
    """

    def __init__(self, runs):
        collected = set(runs[0].collected)
        self.left_out = set()
        for run in runs:
            collected &= set(run.collected)
        for run in runs:
            self.left_out |= set(run.collected) - collected
        self.good = set()
        for test in collected:
            ends = {run.outcomes.get(test) for run in runs}
            if len(ends) == 1 and not ends & {None, *BAD}:
                self.good.add(test)
            else:
                self.left_out.add(test)

    def share(self, selected):
        return len(self.good & set(selected)) / max(1, len(self.good))


def failing(baseline, after):
    """The tests of which a full run shows that the edit broke them.

    A test that is merely gone has not failed, one that could not be collected
    has.  Where the run was cut short, by a time-out or a crash, the test that
    was under way has failed, and nothing is known of those not reached.
    """
    failed = {test for test, end in after.outcomes.items()
              if end in BAD and test not in baseline.left_out}
    missing = baseline.good - set(after.outcomes)
    failed |= {test for test in missing if after.in_uncollected(test)}
    if after.status is None and after.started:
        last = after.started[-1]
        if last not in after.outcomes and last not in baseline.left_out:
            failed.add(last)
    elif after.broken and not after.timed_out:
        failed |= missing
    return failed


def matches(test, argument):
    """Whether pytest, given the argument, runs the test."""
    argument = argument.rstrip("/")
    return test == argument or argument == "." or test.startswith(
        (argument + "::", argument + "[", argument + "/"))


class Index:
    """Finds the tests that an argument of pytest stands for."""

    def __init__(self, tests):
        self.tests = set(tests)
        self.files = {}
        for test in self.tests:
            self.files.setdefault(file_of(test), []).append(test)

    def find(self, argument):
        if argument in self.tests:
            return [argument]
        pool = self.files.get(file_of(argument))
        if pool is None:
            pool = self.tests
        return [test for test in pool if matches(test, argument)]


class Selection:
    """The tests behind what a tool printed, in the edited tree."""

    def __init__(self, tests, refused=()):
        self.tests = set(tests)
        self.refused = sorted(refused)


def resolve(arguments, baseline, after, breaks=False):
    """What handing the arguments to pytest would run.

    after is the full run of the edited tree, so it has collected what the
    arguments would.  Of a file that cannot be collected all is selected, as
    the error is seen.  An argument that finds nothing, where no such error
    explains it, is refused: pytest then runs nothing at all.  breaks: pytest
    itself fails when it is given the arguments, which is seen as well.
    """
    if breaks:
        return Selection(baseline.good)
    known = Index(after.collected or baseline.good)
    before = Index(baseline.good)
    chosen, refused = set(), []
    for argument in arguments:
        found = known.find(argument)
        file = file_of(argument)
        lost = [test for test in before.find(file)
                if after.in_uncollected(test)]
        chosen.update(found, lost)
        if not (found or lost or after.in_uncollected(file)):
            refused.append(argument)
    return Selection(chosen, refused)


def escapes(failed, selection):
    return sorted(failed - selection.tests)
