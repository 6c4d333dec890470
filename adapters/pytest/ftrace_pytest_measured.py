# SPDX-License-Identifier: MIT
"""Keeps coverage and this plugin from finding each other.

When coverage meets a file for the first time it decides whether to measure it,
and looks at the file and all directories above, in the middle of a test or of
an import: no test depends on that.  And what is measured without ftrace is
measured with it, and no more.
"""

import os
import sys

import ftrace_pytest_marks as marks

MODULE = "coverage.inorout"
_HERE = os.path.dirname(os.path.abspath(__file__)) + "/"

# The name of a file that coverage takes for none.
_NONE = "<ftrace>"


def install():
    """Wraps that decision, where coverage is loaded already."""
    if MODULE in sys.modules:
        watch(sys.modules[MODULE])
        _forget(getattr(sys.modules.get("coverage"), "Coverage", None))


def watch(module):
    decides = getattr(module, "InOrOut", None)
    function = getattr(decides, "should_trace", None)
    if function is None:
        return

    def should_trace(self, filename, frame=None):
        if filename.startswith(_HERE):
            filename = _NONE
        token = marks.mute_always()
        try:
            return function(self, filename, frame)
        finally:
            marks.unmute(token)

    decides.should_trace = should_trace


def _forget(kind):
    """Has what ran of the plugin up to now not be measured."""
    current = getattr(kind, "current", lambda: None)()
    collector = getattr(current, "_collector", None)
    data = getattr(collector, "data", None)
    if type(data) is not dict:
        return
    for name in list(data):
        if name.startswith(_HERE):
            del data[name]
    decided = getattr(collector, "should_trace_cache", None) or {}
    for name in list(decided):
        if name.startswith(_HERE):
            decided[name].trace = False
