# SPDX-License-Identifier: MIT
"""Scopes of what tests are loaded from: a file, a class, a directory."""

import os
import re
import sys
import unittest
from unittest import loader

from ...languages.python import marks
from ...languages.python.loading import imports
from ...languages.python.marks import BEGIN, END, OUTCOME, USE, encode, say
from ..python import directories
from . import tests, wrapping

_MODULE = re.compile(r"[_a-z]\w*\.py$", re.IGNORECASE)

_COLLECTED = OUTCOME + b"collected"
_UNASKED = OUTCOME + b"unasked"
_LEFT = OUTCOME + b"left"


class _File:
    """A file that tests are loaded from."""

    __slots__ = ("path", "module", "complete", "broken")

    def __init__(self, path):
        self.path = path
        self.module = None
        # Whether all tests that it has were loaded.
        self.complete = False
        self.broken = False


# By their names.
_files = {}

# Whether it is the program's own tests that are being loaded, and whether it
# takes only some of those of a file.
is_active = False
is_choosing = False


def install():
    """Puts the wrappers in place; they stay until the process ends."""
    kind = loader.TestLoader
    for name, enter, leave in (
            ("_find_test_path", _enter_path, _leave_path),
            ("loadTestsFromModule", _enter_module, _leave_module),
            ("loadTestsFromName", _enter_name, _leave_name)):
        wrapping.around(kind, name, enter, leave)


def _exists(path, is_there=os.path.isfile):
    say(marks.MUTE)
    try:
        return is_there(path)
    finally:
        say(marks.UNMUTE)


def _open(path):
    """Enters the scope of a file; returns it with the depth before."""
    name = tests.name_of_file(path)
    file = _files.get(name)
    if file is None:
        file = _files[name] = _File(os.path.abspath(path))
    return file, marks.begin(b"collect/" + encode(name))


def _enter_path(loader, full_path, pattern=None, *_, **_kwargs):
    name = os.path.basename(full_path)
    if not is_active:
        return None
    if _MODULE.match(name):
        if loader._match_path(name, full_path, pattern):
            return (*_open(full_path), marks.mute_always())
    elif _exists(os.path.join(full_path, "__init__.py")):
        # What it looks at there is looked for by directories, too.
        return (None, marks.begin(directories.scope_of(full_path)),
                marks.mute_always())
    return None


def _leave_path(token, result):
    if token is None:
        return
    file, depth, muted = token
    marks.unmute(muted)
    if file is not None and type(result) is tuple:
        _note_broken(file, result[0])
    marks.unwind(depth)


def _note_broken(file, suite):
    for test in tests.leaves(suite):
        if tests.is_broken(test) and not tests.is_noted(test):
            file.broken = True
            tests.note(test, tests.Unit(tests.name_of_file(file.path)))


def _enter_module(loader, module, *_, **_kwargs):
    path = getattr(module, "__file__", None)
    if not is_active or type(path) is not str:
        return None
    file, depth = _open(path)
    file.module = module
    # What the project's own code does there counts again.
    return loader, file, depth, marks.lift()


def _leave_module(token, suite):
    if token is None:
        return
    loader, file, depth, lifted = token
    marks.lower(lifted)
    if suite is not None:
        tests.note_module(suite, file.module)
        file.complete = not (is_choosing or loader.testNamePatterns)
    marks.unwind(depth)


def _find_file(name):
    """(file of a module, its name) by the dotted name of what is in it."""
    parts = name.split(".")
    while parts:
        for place in sys.path:
            path = os.path.join(place or os.getcwd(), *parts)
            for file in (path + ".py", os.path.join(path, "__init__.py")):
                if _exists(file):
                    return file
        parts.pop()
    return None


def _enter_name(_loader, name, module=None):
    """What it is in is not known before it is loaded: it is looked for."""
    if not is_active or module is not None or type(name) is not str:
        return None
    path = _find_file(name)
    if path is None:
        return None
    return (name, *_open(path))


def _leave_name(token, suite):
    if token is None:
        return
    name, file, depth = token
    module = None
    while name and module is None:
        module = sys.modules.get(name)
        name = name.rpartition(".")[0]
    for test in tests.leaves(suite):
        if tests.is_broken(test) and not tests.is_noted(test):
            # A name that is wrong is nobody's test.
            if isinstance(getattr(test, "_exception", None), ImportError):
                file.broken = True
                tests.note(test, tests.Unit(tests.name_of_file(file.path)))
    if module is not None:
        file.module = file.module or module
        for test in tests.leaves(suite):
            if not tests.is_broken(test):
                tests.note_module(unittest.TestSuite([test]), module)
    marks.unwind(depth)


def declare(suite, chosen):
    """Says of all tests that were found what they are, and of their files.

    chosen: whether a unit is to run.  Returns whether all could be named.
    """
    known = True
    groups = {}
    for test in tests.leaves(suite):
        unit = tests.of(test)
        if unit is None:
            known = False
            continue
        groups.setdefault(unit.file, {})[unit.group] = None
        if unit.file not in _files:
            _files[unit.file] = _File(os.path.join(marks.root, unit.file))
        say(BEGIN + unit.scope)
        if unit.name == unit.file:
            say(USE + b"collect/" + encode(unit.file))
        say(_COLLECTED)
        if not chosen(unit):
            say(_UNASKED)
        say(END)
    for name, file in _files.items():
        _declare_file(name, file, groups.get(name, ()))
    return known


def _declare_file(name, file, groups):
    scope = b"collect/" + encode(name)
    module = file.module
    word = (b"failed" if file.broken else b"passed" if file.complete
            else None)
    say(BEGIN + scope)
    say(USE + directories.scope_of(os.path.dirname(file.path)))
    used = imports.scope_of(module.__name__) if module is not None else None
    if used is not None:
        say(USE + used)
    if word is not None:
        say(OUTCOME + word)
    say(END)
    for group in groups:
        if group != name:
            say(BEGIN + b"collect/" + encode(group))
            say(USE + scope)
            if file.complete:
                say(OUTCOME + b"passed")
            say(END)


def declare_discovery(start, pattern):
    """Says that all files that match were looked for in a directory."""
    path = os.path.abspath(start)
    if not _exists(path, os.path.isdir):
        module = sys.modules.get(start)
        path = os.path.dirname(getattr(module, "__file__", None) or "")
        if not path:
            return
    say(BEGIN + directories.scope_of(path))
    say(OUTCOME + b"passed")
    say(END)
    say(BEGIN + b"discover/.")
    say(USE + b"pattern/%b:%b" % (tests.runner, encode(pattern)))
    say(END)


def declare_left(names):
    """Files that were selected, and have no tests for this command."""
    for name in names:
        path = os.path.join(marks.root, name)
        if name not in _files and _exists(path):
            say(BEGIN + b"collect/" + encode(name))
            say(USE + directories.scope_of(os.path.dirname(path)))
            say(_LEFT)
            say(END)
