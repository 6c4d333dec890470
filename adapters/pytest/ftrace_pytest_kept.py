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
import types

import ftrace_pytest_imports as imports
import ftrace_pytest_marks as marks
import ftrace_pytest_memory as memory
from ftrace_pytest_marks import END, KEPT, LEADS, encode, say

# Of these there are many with one identity.
_PLAIN = (str, bytes, int, float, bool, complex, type(None))

# Behind the kinds of ftrace_pytest_memory: an object whose attributes are
# looked up by code of others.
FOREIGN = 7

# Where functions have others inside.
_INSIDE = {
    types.FunctionType: ("__wrapped__",),
    functools._lru_cache_wrapper: ("__wrapped__",),
    functools.partial: ("func",),
    types.MethodType: ("__func__",),
    staticmethod: ("__func__",),
    classmethod: ("__func__",),
    property: ("fget", "fset", "fdel"),
    functools.cached_property: ("func",),
}

# How far a table is gone through for functions.
_CONTAINERS = (memory.INNER, memory.CONTAINER)
_DEPTH = 5
_HELD_MOST = 20000
_AT_ONCE = 50

# What pytest puts into classes.
_OF_PYTEST = ("_UnitTestCase__pytest", "_xunit_", "pytestmark")

_WRAPPERS = (staticmethod, classmethod, property)

# The names by which kept things are got at, each with the mark that says so.
_said = {}

# The same of those that lead there from a fixture's scope; what the C part
# has of each of these; the file of each.
_said_values = {}
_values = {}
_files = {}

_active = False


class _Probe:
    pass


def install():
    """Has them looked at from now on."""
    global _active
    _active = True
    names_of = memory.names_of_class
    marks.extension.kept_start(_told, (
        _kind_of, functools._lru_cache_wrapper, types.FunctionType,
        types.ModuleType, _WRAPPERS, names_of, gc.get_referents, _Probe,
        gc.get_referents(names_of(_Probe))[0], lambda: None))
    for name, module in list(sys.modules.items()):
        if not name.startswith(marks.OWN_MODULES) and imports.is_project(
                module):
            note(module)
    imports.loaded = note


def _kind_of(kind):
    """As of memory.kind_of, and one more for objects of others' classes."""
    found = memory.kind_of(kind)
    if found == memory.INNER and not _is_of_project(kind):
        return FOREIGN
    return found


def _is_of_project(kind):
    """Whether a class is, without asking it."""
    name = (memory.names_of_class(kind) or {}).get("__module__")
    return type(name) is str and imports.is_of_project(name)


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
    if _active and type(value) not in _PLAIN:
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
        names.clear()
        marks.extension.keep(b"", names)


def _told_value(names, holder):
    """The value of a fixture has something new: its users get at it."""
    scope = os.fsencode(names[0])
    mark = _said_values.get(names)
    if mark is None:
        made_by = set()
        if holder is not _told:
            _add_functions(holder, made_by)
        file = _files[scope]
        own = re.sub("[=;]", "_", ".".join(names))
        mark = _said_values[names] = _mark(file, names[1:], (), made_by, own)
        say(marks.BEGIN + scope)
        say(marks.USE + b"kept/" + encode(
            marks.relative(os.fsdecode(file)) + ":" + own))
        say(END)
    say(mark)


def _is_test(path, name):
    """Whether a function is a test, whose own cache is of its own runs."""
    file = os.path.basename(path)
    return name.startswith("test") and (
        file.startswith(b"test") or file.endswith(b"_test.py"))


def _told(path, names, holder):
    """The scope in force has left something under these names."""
    if not all([type(name) is str for name in names]):
        return
    if not path:
        _told_value(names, holder)
        return
    if names[-1] in memory.OF_CLASSES or names[-1].startswith(_OF_PYTEST):
        return
    if holder is not _told and _is_test(path, names[-1]):
        return
    key = (path, names)
    mark = _said.get(key)
    if mark is None:
        made_by = set()
        if holder is not _told:
            _add_functions(holder, made_by)
        mark = _said[key] = _mark(path, names, (), made_by)
    say(mark)


def _add_functions(value, found, depth=0):
    """The functions that fill a function's cache, by their names."""
    if depth > 5:
        return
    if type(value) in _INSIDE:
        for name in _INSIDE[type(value)]:
            inner = getattr(value, name, None)
            if inner is not None:
                _add_functions(inner, found, depth + 1)
    if type(value) is types.FunctionType:
        code = value.__code__
        found.add(getattr(code, "co_qualname", "." + code.co_name))
        for cell in value.__closure__ or ():
            try:
                inner = cell.cell_contents
            except ValueError:
                continue
            _add_functions(inner, found, depth + 1)


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
    wanted = {}
    for path, names in _said:
        wanted.setdefault((path, names[0]), []).append(names)
    others = {}
    leads = {}
    places = list(_places()) if _said or _said_values else ()
    for path, names in places:
        for name, value in names:
            if (path, name) in wanted and type(value) not in _PLAIN:
                others[id(value)] = (path, name), set()
    for _, names in places:
        for name, value in names:
            kind = type(value)
            if (kind is types.FunctionType and name == value.__name__
                    and id(value) not in others
                    and _leads_to_itself(value)):
                continue
            if type(name) is not str or not name.isidentifier():
                continue
            if id(value) in others:
                others[id(value)][1].add(name)
            if kind in _PLAIN or issubclass(kind, types.ModuleType):
                continue
            found = _functions_of(name, value)
            if found:
                leads.setdefault(name, set()).update(found)
    for (path, name), found in others.values():
        for names in wanted[path, name]:
            if not found <= {*names}:
                say(marks.BEGIN + marks.BASE)
                say(_mark(path, names, found))
                say(END)
    for name, found in leads.items():
        found = sorted(found)
        for i in range(0, len(found), _AT_ONCE):
            say(LEADS + encode("%s=%s" % (
                name, ",".join(found[i:i + _AT_ONCE]))))


def _leads_to_itself(function):
    """Whether a function is all that its own name leads to, as most are."""
    return (function.__closure__ is None
            and not hasattr(function, "__wrapped__")
            and function.__qualname__ == getattr(
                function.__code__, "co_qualname", None))


def _functions_of(name, value):
    """The functions that a name leads to, and does not name."""
    found = set()
    if name[:2] == "__" == name[-2:] or type(value) in _PLAIN:
        return found
    kind = type(value)
    if issubclass(kind, type):
        for base in type.__dict__["__mro__"].__get__(value):
            if _is_of_project(base):
                for key, each in list(memory.names_of_class(base).items()):
                    if key[:2] == "__" and key[-2:] == "__":
                        _add_functions(each, found)
    elif kind in _INSIDE:
        _add_functions(value, found)
        if kind is types.FunctionType and name == value.__name__:
            found.discard(value.__qualname__)
    elif not issubclass(kind, types.ModuleType):
        _add_held(value, found)
    return found


def _add_held(value, found):
    """The functions that a table holds, or an object."""
    level = [value]
    seen = {id(value)}
    for _ in range(_DEPTH):
        inner = []
        for each in level:
            if type(each) in _INSIDE:
                _add_functions(each, found)
            elif memory.kind_of(type(each)) in _CONTAINERS:
                inner.append(each)
        level = [each for each in gc.get_referents(*inner)
                 if not issubclass(type(each), (type, types.ModuleType))
                 and id(each) not in seen]
        seen.update(map(id, level))
        if len(seen) > _HELD_MOST:
            return


def _places():
    """The names in the project's modules and in their classes, with paths."""
    for name, module in list(sys.modules.items()):
        if (not issubclass(type(module), types.ModuleType)
                or name.startswith(marks.OWN_MODULES)
                or not imports.is_project(module)):
            continue
        names = memory.names_of_module(module)
        path = encode(os.path.abspath(names.get("__file__") or ""))
        values = list(names.items())
        yield path, values
        for _, value in values:
            if issubclass(type(value), type):
                own = memory.names_of_class(value)
                if own.get("__module__") == name:
                    yield path, list(own.items())
