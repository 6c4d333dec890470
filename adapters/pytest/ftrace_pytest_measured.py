# SPDX-License-Identifier: MIT
"""What coverage and Hypothesis look at for themselves.

When coverage meets a file for the first time it decides whether to measure it,
and looks at the file and all directories above, in the middle of a test or of
an import: no test depends on that.  Nor does one on the file that it reads to
tell branches, where sys.monitoring does its work.  And what is measured
without ftrace is measured with it, and no more: the plugin keeps itself out of
coverage's sight.

Hypothesis looks for constants in all sources of the project, to try them as
examples.  Which examples it makes up is a matter of chance: no test depends on
what it reads for that.
"""

import functools
import os
import sys

import ftrace_pytest_marks as marks

# What decides, and what reads.
MODULES = ("coverage.inorout", "coverage.sysmon",
           "hypothesis.internal.conjecture.providers")
_DECIDES = MODULES[0]
_READS = ("get_python_source", "_get_local_constants")
# What finds the files of the modules that are to be measured.
_PREPARES = ("__init__", "configure", "set_matchers_depending_on_syspath",
             "find_possibly_unexecuted_files", "warn_unimported_source")
_HERE = os.path.dirname(os.path.abspath(__file__)) + "/"

# The name of a file that coverage takes for none.
_NONE = "<ftrace>"


def install():
    """Wraps what it does then, where coverage is loaded already."""
    for name in MODULES:
        if name in sys.modules:
            watch(name, sys.modules[name])
    if _DECIDES in sys.modules:
        _forget(getattr(sys.modules.get("coverage"), "Coverage", None))


def watch(name, module):
    if name == _DECIDES:
        _watch_decisions(module)
        return
    for reads in _READS:
        function = getattr(module, reads, None)
        if callable(function) and not hasattr(function, "_ftrace"):
            setattr(module, reads, _muted(function))


def _muted(function):
    @functools.wraps(function)
    def muted(*args, **named):
        token = marks.mute_always()
        try:
            return function(*args, **named)
        finally:
            marks.unmute(token)

    muted._ftrace = True
    return muted


def _watch_decisions(module):
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
    for name in _PREPARES:
        if callable(getattr(decides, name, None)):
            setattr(decides, name, _muted(getattr(decides, name)))


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
