# SPDX-License-Identifier: MIT
"""Why some set-ups do not settle; docs/limitations.md says each, too."""

import fnmatch
import os
import re

import common
from common import Broken, say

# (set-up, step, what ftrace gives as the reason, why that is so).
KNOWN = []


def reason(setup, step, said):
    for name, steps, pattern, text in KNOWN:
        if (fnmatch.fnmatch(setup, name) and fnmatch.fnmatch(step, steps)
                and re.search(pattern, said)):
            return text
    return None


def check():
    """What is known here is to be read in the documentation."""
    path = os.path.join(common.ROOT, "docs", "limitations.md")
    documented = " ".join(common.read(path).split())
    for _, _, _, text in KNOWN:
        if " ".join(text.split()) not in documented:
            raise Broken("docs/limitations.md does not say: " + text)


def print_all():
    for name, steps, _, text in KNOWN:
        say("  %s, %s: %s" % (name, steps, text))
