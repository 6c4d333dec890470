# SPDX-License-Identifier: MIT
"""What tests are called: FILE::CLASS::METHOD, as pytest calls them.

The file is the one that the test was loaded from, which its class may only
have been imported into.
"""

import os
import sys
import unittest

from ...languages.python import marks
from ...languages.python.marks import encode
from ..python import directories

# Whose units they are: unittest's, or those of a runner that is made of it.
runner = b"unittest"

# The units of tests that have not run yet, by the identities of these.
_units = {}

_BROKEN = ("_FailedTest", "ModuleSkipped")


class Unit:
    """One test: its file, its class, and its name with both."""

    __slots__ = ("file", "group", "name", "scope")

    def __init__(self, file, group=None, name=None):
        self.file = file
        self.group = file if group is None else file + "::" + group
        self.name = file if name is None else file + "::" + name
        self.scope = b"unit/%b/%b" % (runner, encode(self.name))


def leaves(suite):
    """The tests in a suite, as far as it has them already."""
    tests = getattr(suite, "_tests", None)
    if type(tests) is list:
        for each in tests:
            yield from leaves(each)
    elif suite is not None and not hasattr(suite, "__iter__"):
        yield suite


def name_of_file(path):
    """How a file is called in the names of its tests."""
    path = os.path.abspath(path)
    if not path.startswith(marks.root_slash):
        folder, name = os.path.split(path)
        path = os.path.join(directories.real(folder), name)
    return marks.relative(path)


def file_of_module(module):
    path = getattr(module, "__file__", None)
    return name_of_file(path) if type(path) is str else None


def is_broken(test):
    """Whether it stands for a file whose tests could not be loaded."""
    kind = type(test)
    return (kind.__name__ in _BROKEN
            and kind.__module__ == "unittest.loader")


def note(test, unit):
    """Says what a test is called, unless that is known."""
    _units.setdefault(id(test), unit)


def is_noted(test):
    return id(test) in _units


def forget(test):
    _units.pop(id(test), None)


def forget_all():
    _units.clear()


def note_module(suite, module):
    """The tests that were loaded from a module."""
    file = file_of_module(module)
    for test in leaves(suite) if file else ():
        if not is_noted(test):
            note(test, Unit(file) if is_broken(test)
                 else _of_module(test, module, file))


def of(test):
    """The unit of a test, or None."""
    unit = _units.get(id(test))
    if unit is None and not is_broken(test):
        module = sys.modules.get(type(test).__module__)
        file = file_of_module(module)
        if file is not None:
            unit = _of_module(test, module, file)
            note(test, unit)
    return unit


def _attribute_of(module, kind):
    """The name that a module has for a class."""
    names = vars(module)
    if names.get(kind.__qualname__) is kind:
        return kind.__qualname__
    for name, value in list(names.items()):
        if value is kind:
            return name
    return None


def _of_module(test, module, file):
    kind = type(test)
    method = getattr(test, "_testMethodName", None)
    group = _attribute_of(module, kind)
    if group is None or type(method) is not str:
        # It is found with its module alone, as doctests are.
        return Unit(file, None, "%s[%s]" % (_id_of(test), kind.__name__))
    name = group + "::" + method
    if kind.id is not unittest.TestCase.id:
        name += "[%s]" % _id_of(test)
    return Unit(file, group, name)


def _id_of(test):
    try:
        return str(test.id()).replace("::", ":")
    except Exception:
        return str(getattr(test, "_testMethodName", ""))
