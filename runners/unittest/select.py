# SPDX-License-Identifier: MIT
"""Has unittest run what `ftrace test` has selected, of what it was asked for.

Other files are not loaded, and of those that are other tests are left out.
"""

import os
import sys
import types
from unittest import loader

from ...languages.python import marks
from . import tests

# The names of what was selected: files, and what is in them; None: all runs.
_names = None
_files = frozenset()

# How the loader takes files, where others are skipped.
_plain = None


def start(path):
    """path: of the file with what was selected."""
    global _names, _files
    with open(path, "rb") as file:
        _names = frozenset(os.fsdecode(each)
                           for each in file.read().split(b"\0") if each)
    _files = frozenset(each.partition("::")[0] for each in _names)
    plain = loader.TestLoader._match_path
    if type(plain) is types.FunctionType:
        _skip_others(plain)


def _skip_others(plain):
    """Has other files not be loaded."""
    global _plain
    _plain = plain

    def _match_path(self, path, full_path, pattern):
        return (plain(self, path, full_path, pattern)
                and tests.name_of_file(full_path) in _files)

    loader.TestLoader._match_path = _match_path


def lacks(suite):
    """Whether a file was selected whose tests another one may load.

    From then on all are loaded.
    """
    global _plain
    if _plain is None:
        return False
    found = {unit.file for unit in map(tests.of, tests.leaves(suite)) if unit}
    if all(each in found or not os.path.lexists(os.path.join(
            marks.root, each)) for each in _files):
        return False
    loader.TestLoader._match_path = _plain
    _plain = None
    return True


def has(unit):
    """Whether a unit is to run: by its own name, or one it is below."""
    if _names is None:
        return True
    names = (unit.name, unit.group, unit.file)
    return any(each in _names for each in names)


def files():
    return sorted(_files)


def confine(suite):
    """Takes out of a suite what was not selected."""
    if _names is None:
        return
    _take_out(suite)
    if next(tests.leaves(suite), None) is None:
        # Nothing to run of what was selected is no failure.
        program = sys.modules["unittest.main"]
        if hasattr(program, "_NO_TESTS_EXITCODE"):
            program._NO_TESTS_EXITCODE = 0


def _take_out(suite):
    each = getattr(suite, "_tests", None)
    if type(each) is not list:
        return
    kept = []
    for test in each:
        if type(getattr(test, "_tests", None)) is list:
            _take_out(test)
        elif not hasattr(test, "__iter__"):
            unit = tests.of(test)
            if unit is not None and not has(unit):
                tests.forget(test)
                continue
        kept.append(test)
    each[:] = kept
