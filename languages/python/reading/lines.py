# SPDX-License-Identifier: MIT
"""Whoever asks for the lines of a source depends on all of that file.

linecache keeps what it has read for everybody, and looks at every file it
keeps whenever somebody prints a traceback; inspect looks at the file of every
module to find the one that it was asked for.  So those looks are muted, and
who gets lines out of the cache is said to have read them.  What pytest itself
shows of a source in its reports decides nothing.
"""

import inspect
import linecache
import os
import sys

from .. import marks
from ..marks import BASE, WHOLE, encode, say

# The pairs (scope, file) that were already said.
_said = set()

# What pytest calls to show sources, by module: functions, and methods.
_REPORTS = (
    ("_pytest.nodes", "Node", "_repr_failure_py"),
    ("_pytest.warnings", None, "warning_record_to_str"),
)


def install():
    """Puts the wrappers in place, which only the extension can hide."""
    if marks.extension is None:
        return
    linecache.getlines = marks.around(
        linecache.getlines, _enter_lines, _leave_lines)
    for module, name in ((linecache, "checkcache"), (inspect, "getmodule"),
                         (inspect, "getsourcefile")):
        setattr(module, name, _muted(getattr(module, name)))
    for name, owner, attribute in _REPORTS:
        place = sys.modules.get(name)
        if owner is not None:
            place = getattr(place, owner, None)
        function = getattr(place, attribute, None)
        if function is None:
            continue
        function = _muted(function)
        if owner is not None:
            function = marks.extension.method(function)
        setattr(place, attribute, function)


def _muted(function):
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


def watch_doctests():
    """Mutes pytest's search for doctests, which wants line numbers."""
    import doctest
    finder = doctest.DocTestFinder
    if marks.extension is not None and not hasattr(finder.find, "__self__"):
        try:
            finder.find = marks.extension.method(
                marks.around(finder.find, _enter_find, marks.unmute))
        except TypeError:
            marks.lost()


def _enter_find(finder, *_, **_kwargs):
    if type(finder).__module__ != "_pytest.doctest":
        return False
    return marks.mute_always()
