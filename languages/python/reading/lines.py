# SPDX-License-Identifier: MIT
"""Whoever asks for the lines of a source depends on all of that file.

linecache keeps what it has read for everybody, and looks at every file it
keeps whenever somebody prints a traceback; inspect looks at the file of every
module to find the one that it was asked for.  So those looks are muted, and
who gets lines out of the cache is said to have read them.
"""

import inspect
import linecache
import os

from .. import marks
from ..marks import BASE, WHOLE, encode, say

# The pairs (scope, file) that were already said.
_said = set()


def install():
    """Puts the wrappers in place, which only the extension can hide."""
    if marks.extension is None:
        return
    linecache.getlines = marks.around(
        linecache.getlines, _enter_lines, _leave_lines)
    for module, name in ((linecache, "checkcache"), (inspect, "getmodule"),
                         (inspect, "getsourcefile")):
        setattr(module, name, muted(getattr(module, name)))


def muted(function):
    """A function of which no test depends on what it reads."""
    return marks.around(function, marks.mute_always, marks.unmute)


def _enter_lines(filename, *_, **_kwargs):
    if marks.thread.muted:
        return
    entry = linecache.cache.get(filename)
    if entry is None or len(entry) != 4 or entry[1] is None:
        # It will be read now, or never was a file.
        return
    opened = marks.thread.modules or marks.process
    key = (opened[-1] if opened else BASE, entry[3])
    if key not in _said:
        _said.add(key)
        say(WHOLE + encode(os.path.abspath(entry[3])))


def _leave_lines(*_):
    pass
