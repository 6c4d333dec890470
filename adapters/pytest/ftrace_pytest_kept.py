# SPDX-License-Identifier: MIT
"""What modules keep in memory of what was computed.

A value that one test computes and a module keeps (in functools.lru_cache, a
table, an attribute made on first use) is a dependency of the later tests that
find it there, though they do not enter what computed it.  The C part looks at
the modules of which the scope in force has entered functions, and tells which
names have something new; the tracer knows what the scope entered, and whose
code mentions the names.
"""

import functools
import gc
import os
import re
import sys
import threading
import types

import ftrace_pytest_imports as imports
import ftrace_pytest_leads as leads
import ftrace_pytest_marks as marks
import ftrace_pytest_memory as memory
from ftrace_pytest_marks import END, KEPT, LEADS, encode, identity, say

# Behind the kinds of ftrace_pytest_memory: an object whose attributes are
# looked up by code of others.
FOREIGN = 7

# How many names are told at once.
_AT_ONCE = 50

# What to say when the scope that it is of is in force again.
_later = []

# What pytest puts into classes.
_OF_PYTEST = ("_UnitTestCase__pytest", "_xunit_", "pytestmark")

_WRAPPERS = (staticmethod, classmethod, property)

# The names by which kept things are got at, each with the mark that says so.
_said = {}

# The same of those that lead there from a fixture's scope, and which these
# are; what the C part has of each of these; the file of each.
_said_values = {}
_said_scopes = set()
_values = {}
_files = {}

_active = False


class _Probe:
    pass


def install():
    """Has them looked at from now on."""
    global _active
    _active = True
    marks.extension.kept_start(_told, _tell_later, (
        _kind_of, functools._lru_cache_wrapper, types.FunctionType,
        types.ModuleType, _WRAPPERS, gc.get_referents, _Probe,
        memory.dict_of_class(_Probe), lambda: None, _slots_of, _paths_of))
    for name, module in list(sys.modules.items()):
        if not name.startswith(marks.OWN_MODULES) and imports.is_project(
                module):
            note(module)
    imports.loaded = note


def _kind_of(kind):
    """As of memory.kind_of, and one more for objects of others' classes."""
    found = memory.kind_of(kind)
    if found == memory.INNER and not leads.is_of_project(kind):
        return FOREIGN
    return found


def _slots_of(value):
    """The attributes of an object without a dict, None for it has none."""
    if type(value) is threading.local:
        return value.__dict__
    found = None
    for base in type.__dict__["__mro__"].__get__(type(value)):
        if not leads.is_of_project(base):
            continue
        for name, each in memory.names_of_class(base).items():
            if type(each) is types.MemberDescriptorType:
                found = found or {}
                try:
                    found[name] = each.__get__(value)
                except AttributeError:
                    continue
    return found


def _paths_of(kind):
    """The files of the project that a class and its bases are of.

    Of a function, or of one with a cache, the file that has its code; of a
    module its own.
    """
    found = []
    if type(kind) is types.ModuleType:
        path = memory.names_of_module(kind).get("__file__")
        if type(path) is str and imports.is_project(kind):
            found.append(encode(os.path.abspath(path)))
        return found
    if type(kind) is functools._lru_cache_wrapper:
        kind = getattr(kind, "__wrapped__", None)
    if type(kind) is types.FunctionType:
        found.append(encode(os.path.abspath(kind.__code__.co_filename)))
    if not issubclass(type(kind), type):
        return found
    for base in leads.bases_of(kind):
        module = sys.modules.get(memory.names_of_class(base)["__module__"])
        if issubclass(type(module), types.ModuleType):
            path = memory.names_of_module(module).get("__file__")
            if type(path) is str:
                found.append(encode(os.path.abspath(path)))
    return found


def note(module):
    """A module was loaded: what it keeps from now on is of later scopes."""
    if not issubclass(type(module), types.ModuleType):
        return
    names = memory.names_of_module(module)
    path = names.get("__file__")
    if type(path) is str and path.endswith(".py"):
        marks.extension.keep(encode(os.path.abspath(path)), names)


def note_value(scope, fixturedef, value):
    """A fixture was set up for more than one test: so is what it keeps."""
    if _active and type(value) not in leads.PLAIN:
        file = getattr(fixturedef.func, "__code__", None)
        if file is not None:
            names = {os.fsdecode(scope): value}
            _values[scope] = names
            _files[scope] = encode(os.path.abspath(file.co_filename))
            marks.extension.keep(b"", names)


def forget_value(scope):
    """It is torn down."""
    names = _values.pop(scope, None)
    if names is not None:
        if scope in _said_scopes:
            found = leads.Leads()
            found.add_object(names.popitem()[1])
            _say_leads(found)
        names.clear()
        marks.extension.keep(b"", names)


def _mark_of_value(names, holder):
    """The value of a fixture has something new: its users get at it."""
    scope = os.fsencode(names[0])
    _said_scopes.add(scope)
    mark = _said_values.get(names)
    if mark is None:
        made_by = set()
        if holder is not _told:
            leads.add_functions(holder, made_by)
        file = _files[scope]
        own = re.sub("[=;]", "_", ".".join(names))
        mark = _said_values[names] = _mark(file, names[1:], (), made_by, own)
        say(marks.BEGIN + scope)
        say(marks.USE + b"kept/" + encode(
            marks.relative(os.fsdecode(file)) + ":" + own))
        say(END)
    return mark


@functools.lru_cache(maxsize=None)
def _is_test(path, name):
    """Whether a function is a test, whose own cache is of its own runs."""
    file = os.path.basename(path)
    return name.startswith("test") and (
        file.startswith(b"test") or file.endswith(b"_test.py"))


def _told(path, names, holder):
    """The scope in force has left something under these names."""
    mark = _mark_of(path, names, holder)
    if mark is not None:
        say(mark)


def _tell_later(*news):
    """An outer scope has; or, without any news, is in force again."""
    if news:
        _later.append(_mark_of(*news))
        return
    for mark in _later:
        if mark is not None:
            say(mark)
    _later.clear()


def _mark_of(path, names, holder):
    """What to say of what is new, None: nothing."""
    if not all([type(name) is str for name in names]):
        return None
    if not path:
        return _mark_of_value(names, holder)
    if names[-1] in memory.OF_CLASSES or names[-1].startswith(_OF_PYTEST):
        return None
    if holder is not _told and _is_test(path, names[-1]):
        return None
    key = (path, names)
    mark = _said.get(key)
    if mark is None:
        made_by = set()
        if holder is not _told:
            leads.add_functions(holder, made_by)
        mark = _said[key] = _mark(path, names, (), made_by)
    return mark


def _mark(path, names, others=(), made_by=(), own=None):
    """A dotted name, all names that lead to it, who fills it, and where."""
    # Others are written by nobody.
    names = [name for name in names if name.isidentifier()]
    return KEPT + encode("%s=%s;%s/" % (
        own or ".".join(names), ",".join(sorted({*names, *others})),
        ",".join(sorted(made_by)))) + path


def finish():
    """Says by which other names the things that were kept can be got at.

    And what else names lead to, for the tracer to find out what computed them.
    """
    if _said or _said_values:
        places = [(encode(os.path.abspath(path)), names)
                  for path, names in leads.places()]
        others = _wanted(places)
        found = leads.Leads({key: names for key, (_, names) in others.items()})
        for _, names in places:
            for name, value in names:
                found.add(name, value)
        _say_others(others)
        _say_leads(found)


def _say_leads(found):
    for name, functions in found.names.items():
        functions = sorted(functions)
        for i in range(0, len(functions), _AT_ONCE):
            say(LEADS + encode("%s=%s" % (
                name, ",".join(functions[i:i + _AT_ONCE]))))


def _wanted(places):
    """The identities of what was kept, with its names, and its other names."""
    wanted = {}
    for path, names in _said:
        wanted.setdefault((path, names[0]), []).append(names)
    others = {}
    for path, names in places:
        for name, value in names:
            for way in wanted.get((path, name), ()):
                for one in _on_the_way(value, way[1:]):
                    if type(one) not in leads.PLAIN:
                        ways, _ = others.setdefault(
                            identity(one), (set(), set()))
                        ways.add((path, way))
    return others


def _on_the_way(value, names):
    """What is passed on the way from a value down these names."""
    yield value
    for name in names:
        if issubclass(type(value), type):
            inner = memory.names_of_class(value)
        else:
            inner = marks.extension.attributes(value) or {}
        value = inner.get(name)
        yield value


def _say_others(others):
    for ways, found in others.values():
        for path, names in ways:
            if not found <= {*names}:
                say(marks.BEGIN + marks.BASE)
                say(_mark(path, names, found))
                say(END)
