# SPDX-License-Identifier: MIT
"""Why some set-ups do not settle; limitations.md says each, too."""

import collections
import fnmatch
import os
import re

import common
from common import Broken, say

# Set-ups and steps are globs; said is what ftrace gives as the reason.
Known = collections.namedtuple("Known", "setups steps said why")

PRODUCTS = ("Once a later run has read the file, its absence counts as well: "
            "a command whose products are removed runs again, and makes them.")
HOME = ("A cache in the home folder is no product of a project. A command "
        "that is one unit and looks at the cache runs again if the cache is "
        "gone, or if there was none.")
MEANWHILE = ("One that changed since the run began, and not by the run, is "
             "taken for changed: its readers are selected until they run "
             "again.")
REFERENCES = ("In `.git` only what is read counts, and looks at `HEAD` and at "
              "references")

KNOWN = [
    # It looks for tests in every folder, and a clone has other references.
    Known(("node-test",), ("clone",), r"\.git/refs", REFERENCES),
    # The tests make shop/__pycache__ while mypy lists shop.
    Known(("checks",), ("nothing", "edited"), r"^types: shop listing$",
          MEANWHILE),
    Known(("tox", "nox", "checks", "go"), ("removed", "clone"),
          r"/home/\.cache\S* (removed|created)$", HOME),
    Known(("counter", "hard-link", "prove", "make", "ninja", "cargo", "go",
           "maven", "vitest", "jest", "tox", "nox"),
          ("removed", "clone"), r" removed$| listing$", PRODUCTS),
]


def reason(setup, step, said):
    for known in KNOWN:
        if (any(fnmatch.fnmatch(setup, name) for name in known.setups)
                and any(fnmatch.fnmatch(step, name) for name in known.steps)
                and re.search(known.said, said)):
            return known.why
    return None


def check():
    """What is known here is to be read in the documentation."""
    path = os.path.join(common.ROOT, "docs", "reference",
                        "limitations.md")
    documented = " ".join(common.read(path).split())
    for known in KNOWN:
        if known.why not in documented:
            raise Broken("limitations.md does not say: " + known.why)


def print_all():
    for known in KNOWN:
        say("  %s: %s: %s" % (" ".join(known.setups), ", ".join(known.steps),
                              known.why))
