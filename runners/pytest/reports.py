# SPDX-License-Identifier: MIT
"""What pytest itself shows of a source in its reports decides nothing, nor
does that it wants the line numbers of doctests."""

import sys

from ...languages.python import marks
from ...languages.python.reading.lines import muted

# What pytest calls to show sources, by module: functions, and methods.
_REPORTS = (
    ("_pytest.nodes", "Node", "_repr_failure_py"),
    ("_pytest.warnings", None, "warning_record_to_str"),
)


def install():
    """Puts the wrappers in place, which only the extension can hide."""
    if marks.extension is None:
        return
    for name, owner, attribute in _REPORTS:
        place = sys.modules.get(name)
        if owner is not None:
            place = getattr(place, owner, None)
        function = getattr(place, attribute, None)
        if function is None:
            continue
        function = muted(function)
        if owner is not None:
            function = marks.extension.method(function)
        setattr(place, attribute, function)


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
