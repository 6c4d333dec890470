# SPDX-License-Identifier: MIT
"""What recording costs a project of bench/field, as bench/record has it."""

import os
import shutil

import common
from common import Broken, median
from record_pairs import Pairs

FIRST, AGAIN = 1.20, 1.08
# A suite whose tests are many and small pays more for each.
FIRST_OF = {"pygments": 1.25}


class Sources:
    """The clone that is installed: nothing has to lead to it."""

    def __init__(self, field):
        self.root = field.source
        self.command = field.project.command + [
            "-p", "no:cacheprovider", *field.project.options,
            *field.project.paths]

    def forget(self):
        shutil.rmtree(os.path.join(self.root, ".ftrace"), ignore_errors=True)

    def pytest(self):
        return self.command

    def recorded(self):
        return [common.FTRACE, "run", "--root", self.root, "--",
                *self.command]


def check(_sources, output):
    if "recorded " not in common.read(output + ".err"):
        raise Broken("nothing recorded: %s" % common.read(output + ".err"))


def measure(field, count):
    """user+sys of the first recording and of those after it, by untraced."""
    sources = Sources(field)
    found = {}
    for name, prepare in (("first", sources.forget),
                          ("again", lambda: None)):
        pairs = Pairs(sources, check)
        pairs.run(count, prepare, warm=name == "first")
        found[name] = median(pairs.ratios("cpu"))
        found[name + "_wall"] = median(pairs.ratios("wall"))
    sources.forget()
    return found


def limits(name):
    return {"first": FIRST_OF.get(name, FIRST), "again": AGAIN}
