# SPDX-License-Identifier: MIT
"""What coverage looks at for itself.

When coverage meets a file for the first time it decides whether to measure it,
and looks at the file and all directories above, in the middle of a test or of
an import: no test depends on that.  Nor does one on the file that it reads to
tell branches, where sys.monitoring does its work.  And what is measured
without ftrace is measured with it, and no more: the plugin keeps itself out of
coverage's sight.  Of files that have settings of others, too, coverage reads
its own sections; those on reports are of no test.
"""

import functools
import os
import sys

from .. import marks
from .muting import mute

# What decides, and what reads.
MODULES = ("coverage.inorout", "coverage.control", "coverage.sysmon")
_DECIDES, _SETS_UP, _READS = MODULES
# What finds the files of the modules that are to be measured.
_PREPARES = ("__init__", "configure", "set_matchers_depending_on_syspath",
             "find_possibly_unexecuted_files", "warn_unimported_source")
# Where coverage looks for settings, and the section that matters in those that
# are not its own.
_SECTIONS = {"setup.cfg": b"coverage:run", "tox.ini": b"coverage:run",
             "pyproject.toml": b"tool.coverage"}
_OWN_SETTINGS = (".coveragerc", ".coveragerc.toml")

# The name of a file that coverage takes for none.
_NONE = "<ftrace>"

# Whether coverage had begun before anybody could see what it reads, and
# whether what it has read since was said.
_has_begun = _is_said = False


def install():
    """Where coverage is loaded already, and perhaps has begun."""
    global _has_begun
    if "coverage" in sys.modules:
        kind = getattr(sys.modules["coverage"], "Coverage", None)
        _has_begun = getattr(kind, "current", lambda: None)() is not None
    if _DECIDES in sys.modules:
        _forget(getattr(sys.modules.get("coverage"), "Coverage", None))


def watch(module):
    """Wraps what one of MODULES does, once it is loaded."""
    name = getattr(module, "__name__", None)
    if name == _DECIDES:
        _watch_decisions(module)
    elif name == _SETS_UP:
        _watch_settings(module)
    else:
        mute(module, "get_python_source")


def settings_are_said():
    """Whether of all that coverage has read it was said which sections."""
    return _is_said and not _has_begun


def _watch_settings(module):
    function = getattr(module, "read_coverage_config", None)
    # Before Python 3.11 nobody can take TOML apart.
    if not callable(function) or sys.version_info < (3, 11):
        return

    @functools.wraps(function)
    def read(*args, **named):
        global _is_said
        token = marks.mute_always()
        try:
            found = function(*args, **named)
        finally:
            marks.unmute(token)
        given = named.get("config_file", args[0] if args else None)
        _say_settings(given if type(given) is str else "")
        _is_said = True
        return found

    module.read_coverage_config = read


def _say_settings(given):
    """Says what coverage has read; `given`: a file that it was told.

    Of its own files all counts, and that they are absent: to open them says
    so.  Which of two that are given it took does not matter.
    """
    told = (given, os.environ.get("COVERAGE_RCFILE", ""))
    for name in dict.fromkeys((*told, *_OWN_SETTINGS, *_SECTIONS)):
        section = _SECTIONS.get(name) if name not in told else None
        if section and os.path.isfile(name):
            marks.say(marks.SECTION % (
                section, marks.encode(os.path.abspath(name))))
        elif name and not section:
            try:
                open(name, "rb").close()
            except OSError:
                continue


def _watch_decisions(module):
    decides = getattr(module, "InOrOut", None)
    function = getattr(decides, "should_trace", None)
    if function is None:
        return

    def should_trace(self, filename, frame=None):
        if filename.startswith(marks.HERE):
            filename = _NONE
        token = marks.mute_always()
        try:
            return function(self, filename, frame)
        finally:
            marks.unmute(token)

    decides.should_trace = should_trace
    for name in _PREPARES:
        mute(decides, name)


def _forget(kind):
    """Has what ran of the plugin up to now not be measured."""
    current = getattr(kind, "current", lambda: None)()
    collector = getattr(current, "_collector", None)
    data = getattr(collector, "data", None)
    if type(data) is not dict:
        return
    for name in list(data):
        if name.startswith(marks.HERE):
            del data[name]
    decided = getattr(collector, "should_trace_cache", None) or {}
    for name in list(decided):
        if name.startswith(marks.HERE):
            decided[name].trace = False
