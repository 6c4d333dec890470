# SPDX-License-Identifier: MIT
"""Begins what is recorded of a process that runs tests, whatever the runner.

Its adapter has set what languages/python/runner.py wants to know of it.
"""

import os
import sys

from . import marks
from .entered import functions
from .loading import imports, loads
from .marks import INTERPRETER, OUTCOME, encode, say
from .memory import kept, memo, readers
from .reading import lines, variables


def start(ready, *wrappers):
    """Puts everything in place, once, and says so.

    ready: what is said then; None: that is said later.  wrappers: install those of the runner's own
    ways to load modules, which go below all others.
    """
    if functions.start() is not None:
        memo.install()
        kept.install()
        functions.adopt_past()
    imports.install()
    for install in wrappers:
        install()
    loads.install()
    lines.install()
    variables.install()
    readers.install()
    if sys.executable:
        say(INTERPRETER + encode("%s-%08x/%s" % (
            sys.implementation.cache_tag, sys.hexversion,
            os.path.abspath(sys.executable))))
    if ready is not None:
        say(OUTCOME + ready)


class Finish:
    """All outcomes are known: what happens from here on decides nothing."""

    def __init__(self):
        self.token = False

    def begin(self):
        if not self.token:
            marks.begin(b"finish/")
            self.token = marks.mute_always()

    def resume(self):
        """Tests run once more."""
        if self.token:
            marks.unmute(self.token)
            self.token = False
            marks.unwind(0)
