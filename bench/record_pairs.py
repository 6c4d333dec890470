# SPDX-License-Identifier: MIT
"""A suite untraced and traced in turns, for bench/record and bench/field."""

import os
import re

import common
from common import Broken


def passed(output):
    """What pytest counted, without the time it took."""
    lines = common.read(output).splitlines()
    counts = [line for line in lines if re.search(r" passed.* in ", line)]
    if not counts:
        raise Broken("no result from pytest in %s" % output)
    return re.sub(r" in .*", "", counts[-1])


def check_recorded(click, output):
    said = common.read(output + ".err")
    if "recorded %d units" % click.tests not in said:
        raise Broken("expected %d units: %s" % (click.tests, said))
    output = os.path.join(common.WORK, "selected")
    common.measure(click.affected("-q"), click.root, output)
    if common.read(output):
        raise Broken("nothing changed, and selected are:\n"
                     + common.read(output)[:2000])


class Pairs:
    """Runs in alternating order, so that a drift of the machine cancels."""

    def __init__(self, click, check=check_recorded):
        self.click = click
        self.check = check
        self.plain, self.traced = [], []
        self.expected = None

    def _plain(self):
        output = os.path.join(common.WORK, "plain")
        spent = common.measure(self.click.pytest(), self.click.root, output)
        self.expected = self.expected or passed(output)
        return spent

    def _traced(self, prepare):
        output = os.path.join(common.WORK, "traced")
        prepare()
        spent = common.measure(self.click.recorded(), self.click.root, output)
        if passed(output) != self.expected:
            raise Broken("untraced: %s; traced: %s" % (
                self.expected, passed(output)))
        self.check(self.click, output)
        return spent

    def run(self, count, prepare, warm=True):
        if warm:
            self._plain()
            self._traced(prepare)
        for i in range(count):
            if i % 2:
                traced = self._traced(prepare)
                self.plain.append(self._plain())
            else:
                self.plain.append(self._plain())
                traced = self._traced(prepare)
            self.traced.append(traced)

    def ratios(self, name):
        return sorted(getattr(t, name) / getattr(p, name)
                      for p, t in zip(self.plain, self.traced))
