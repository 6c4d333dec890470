# SPDX-License-Identifier: MIT
"""What modules keep in memory of the files that were read.

A file that one test reads and a module keeps (in a cache, a global, a class)
is a dependency of the later tests that get the kept value.  So before project
code opens a file, the modules that may keep it are looked at, and once more
when the scope in force ends.  Where a module has something new then, a scope
named memo says that it may have kept all that was read meanwhile.

Whoever enters a function of a module uses its memo.  What can be got without
entering one (an attribute of the module, the cache of functools.lru_cache) is
for everybody who imports it.
"""

import collections
import gc
import os
import sys
import types
from collections.abc import Hashable
from functools import _lru_cache_wrapper, partial

import ftrace_pytest_imports as imports
import ftrace_pytest_marks as marks
from ftrace_pytest_marks import (
    BEGIN, END, USE, WHOLE, encode, identity, say,
)

# What to say of what was heard of, by its kind: adapters/pytest/opened.h.
_MARKS = (WHOLE, marks.BLOCK_LIST + b"/", marks.ENV)
_VARIABLE = 2

# How much of a module is looked at.  A module that has more than so many
# objects counts as changed, and so do neighbours that are looked at for the
# first time and have more together.  How far is said in walk.c.
_MOST = 20000
_MOST_AROUND = 20000

# What to make of an object, by its type: nothing at all, its value, its
# identity, that and what it refers to; and the same with more to look after.
_NOTHING, _VALUE, _LEAF, INNER, CONTAINER, _FUNCTION, _CLASS = range(7)

names_of_class = type.__dict__["__dict__"].__get__
names_of_module = types.ModuleType.__dict__["__dict__"].__get__

# Objects of these have no attributes that could be a value kept.
_PLAIN = (str, bytes, int, float, bool, type(None), tuple, frozenset,
          types.FunctionType, types.MethodType, types.ModuleType,
          types.BuiltinFunctionType)

# What classes of abc remember of isinstance().
_abc_data = type(names_of_class(Hashable).get("_abc_impl"))

_ORDINARY = {}
for _kind, _types in (
        (_NOTHING, (types.CodeType, types.FrameType, types.TracebackType,
                    _abc_data)),
        (_VALUE, (str, bytes, int, float, bool, complex, type(None))),
        (_LEAF, (types.BuiltinFunctionType, types.GeneratorType,
                 types.CoroutineType, types.AsyncGeneratorType,
                 types.WrapperDescriptorType, types.MethodDescriptorType,
                 types.MethodWrapperType, types.GetSetDescriptorType,
                 types.MemberDescriptorType,
                 types.ClassMethodDescriptorType)),
        (CONTAINER, (dict, list, tuple, set, frozenset,
                     collections.deque)),
        (_FUNCTION, (types.FunctionType,))):
    for _type in _types:
        _ORDINARY[_type] = _kind

# Instances of these, and of what is below the packages, change by being used
# and keep nothing of a file.
_BUSY = (b"unittest.mock", b"threading")
_FRAMEWORK = (b"_pytest", b"pluggy", b"logging")

# These are called without entering a function of the file they stand in.
_CALLED = (types.FunctionType, _lru_cache_wrapper, types.MethodType, partial)
_WRAPPERS = ((property, b"fget"), (staticmethod, b"__func__"),
             (classmethod, b"__func__"))

# Names that every class has.
OF_CLASSES = frozenset((
    "__dict__", "__doc__", "__module__", "__weakref__", "__qualname__",
    "__firstlineno__", "__static_attributes__",
    # Where unittest takes notes.
    "_class_cleanups", "_classSetupFailed", "tearDown_exceptions"))

# Where what the system throws away lies.
_passing = ()

# What each module looked like when a scope last ended; and how many fixtures
# there had been by then, of those that had not changed.
_last = {}
_settled = {}


# How often a module asked for a variable, and up to when it is of interest.
_asked = {}
_ASKED_MOST = 2


class _Probe(type):
    pass


class _Watch:
    """What was read in one scope, and the modules that may keep it."""

    __slots__ = ("depth", "spared", "marks", "modules", "variables",
                 "glances")

    def __init__(self, depth, scope):
        self.depth = depth
        # The path and name of the class whose set-up this is.
        self.spared = _class_of(scope)
        # What to say of each path; in order, without repeats.
        self.marks = {}
        # By the identity of their globals.
        self.modules = {}
        # The same of variables: the globals, and what was seen of them.
        self.variables = {}
        self.glances = {}


class _Module:
    """One module as it was before a file was opened."""

    __slots__ = ("key", "held", "before")

    def __init__(self, key, held, before):
        # Its name, its file, and the class that is not looked at.
        self.key = key
        # Its globals, where nothing but ourselves may lead back to them.
        self.held = held
        self.before = before


def install():
    """Has files told from now on."""
    global _passing
    places = {os.environ.get("TMPDIR") or "/tmp", "/tmp", "/var/tmp",
              "/dev", "/proc", "/sys"}
    _passing = tuple(encode(place.rstrip("/") + "/") for place in places)
    marks.finish = _finish
    marks.extension.types_start(
        _Probe, dict_of_class(_Probe), names_of_class, gc.get_referents)
    marks.extension.walk_start(
        list(_ORDINARY.items()), _BUSY, _FRAMEWORK, types.ModuleType,
        _CALLED, _WRAPPERS)
    marks.extension.glance_start(
        _PLAIN, (dict, list, set), _lru_cache_wrapper)
    marks.extension.hear_opened(_hear)


def dict_of_class(kind):
    """What has the names of a class, which nobody else may change."""
    return gc.get_referents(names_of_class(kind))[0]


def kind_of(kind):
    """What to make of the objects of a type."""
    return marks.extension.kind_of(kind)


def _class_of(scope):
    """The class that a fixture is set up for, as a path and a name.

    What the set-up keeps in the class is for the tests of that class, and
    these use the fixture anyway.
    """
    if not scope.startswith(b"fixture/"):
        return None, None
    node = os.fsdecode(scope[len(b"fixture/"):])
    if node.endswith("::setup"):
        node = node[:-len("::setup")]
    path, _, name = node.rpartition("@")[2].partition("::")
    return os.path.join(marks.root, path), name.partition("::")[0]


def _is_passing(path):
    return (path.startswith(_passing)
            and not path.startswith(encode(marks.root_slash)))


def _hear(path, kind, stack):
    """Called before project code opens a file, or what is like that."""
    depth = len(marks.process)
    if not depth:
        return
    if kind != _VARIABLE:
        path = _kept_path(path)
        if path is None:
            return
    elif _is_settled(path, stack):
        return
    watches = marks.watches
    if not watches or watches[-1].depth != depth:
        watches.append(_Watch(depth, marks.process[-1]))
    watch = watches[-1]
    mark = _MARKS[kind] + path
    if kind != _VARIABLE:
        watch.marks[mark] = None
        _add_modules(watch, stack)
        return
    watch.variables[mark] = None
    for names in stack:
        if (identity(names) not in watch.glances
                and type(names.get("__file__")) is str
                and not getattr(names.get("__spec__"), "_initializing",
                                False)):
            watch.glances[identity(names)] = names, (
                marks.extension.glance(names))


def _is_settled(variable, stack):
    """Whether a module has asked for a variable often enough before.

    Who keeps it does so when it is asked for first, and does not ask again.
    """
    key = (variable, identity(stack[0]))
    times = _asked.get(key, 0)
    _asked[key] = times + 1
    return times >= _ASKED_MOST


def _kept_path(path):
    """The path of a file whose content may be kept, or None."""
    # The import system asks for itself, and has a scope for what it reads.
    opener = sys._getframe(2).f_code.co_filename
    if opener.startswith("<frozen importlib") or path.endswith(b".pyc"):
        return None
    if path[:1] != b"/":
        path = os.path.join(os.getcwdb(), path)
    return None if _is_passing(path) else path


def _add_modules(watch, stack):
    """Looks at the modules of the frames, and at those they have in hand."""
    known = watch.modules
    added = []
    for names in stack:
        if identity(names) not in known:
            added.append(names)
            _add_module(watch, names, _MOST)
    room = _MOST_AROUND
    for names in added:
        for other in _neighbours(names):
            if identity(other) not in known:
                room -= _add_module(watch, other, min(room, _MOST))


def _add_module(watch, names, most):
    """Looks at one module; returns how many objects it had.

    One that never was but as it had been when a scope last ended is taken to
    be so now, unless a fixture was set up since: that saves every other look.
    """
    name = names.get("__name__")
    path = names.get("__file__")
    watch.modules[identity(names)] = None
    # While it is loaded it changes anyway, and has what it reads in its own
    # scope.
    if (type(path) is not str
            or getattr(names.get("__spec__"), "_initializing", False)):
        return 0
    held, count = None, 0
    if _names_named(name) is not names:
        # Without a scope nobody will get at it later.
        if imports.scope_of_code(names) is None:
            return 0
        held = names
    key = (name, path, watch.spared[1] if watch.spared[0] == path else None)
    if _settled.get(key) == marks.fixtures:
        before = _last[key]
    else:
        before, count = _look(names, most, key[2])
    watch.modules[identity(names)] = _Module(key, held, before)
    return count


def _names_named(name):
    """The globals of the module of a name, None when there is none."""
    module = sys.modules.get(name) if type(name) is str else None
    if module is not None and issubclass(type(module), types.ModuleType):
        return names_of_module(module)
    return None


def _neighbours(names):
    """The globals of the project's modules that a module imported from."""
    found = {}
    for value in list(names.values()):
        kind = type(value)
        if issubclass(kind, types.ModuleType):
            name = names_of_module(value).get("__name__")
        elif kind is types.FunctionType:
            name = value.__module__
        elif issubclass(kind, type):
            name = names_of_class(value).get("__module__")
        else:
            name = (names_of_class(kind) or {}).get("__module__")
        if type(name) is str and imports.is_of_project(name):
            found[name] = None
    for name in found:
        other = _names_named(name)
        if other is not None:
            yield other


def _finish(watch):
    """The scope that was watched ends: says what may have been kept."""
    for names, before in watch.glances.values():
        after = marks.extension.glance(names)
        if after != before:
            _say_memo(names["__file__"],
                      imports.scope_of_code(names)
                      if after[0] != before[0] else None, watch.variables)
    if watch.modules:
        marks.extension.pause()
    for key, module in watch.modules.items():
        if module is None:
            continue
        name, path, _ = module.key
        names = module.held or _names_named(name)
        if names is None or identity(names) != key:
            # It was taken away, and others may still have it.
            _say_memo(path, imports.scopes.get(name), watch.marks)
            continue
        made = marks.extension.made(names)
        is_open, is_hidden = (
            _changes(names, module) if made is None else (made > 1, made))
        if is_open:
            _say_memo(path, imports.scope_of_code(names), watch.marks)
        elif is_hidden:
            _say_memo(path, None, watch.marks)


def _changes(names, module):
    """Whether a module changed in the open, and whether out of sight."""
    key, before = module.key, module.before
    last = _last.get(key)
    if before is None:
        return True, True
    after, _ = _look(names, _MOST, key[2])
    _last[key] = after
    if last is None or after == last:
        _settled[key] = marks.fixtures
    else:
        _settled[key] = None
    if after is None:
        return True, True
    # As it was before, or as it was when nothing had been replaced for a time.
    return [after[i] != before[i] and (last is None or after[i] != last[i])
            for i in (0, 1)]


def _say_memo(path, scope, kept):
    """Says that a module may keep what was read.

    With the module's scope whoever imports it depends on that.
    """
    memo = b"memo/" + encode(marks.relative(os.path.abspath(path)))
    lifted = marks.lift()
    say(BEGIN + memo)
    for mark in kept:
        say(mark)
    say(END)
    marks.lower(lifted)
    if scope is None:
        return
    if scope.startswith(b"module/conftest@"):
        # The name may be another one's by now.
        scope = b"module/conftest@" + memo[len(b"memo/"):]
    say(BEGIN + scope)
    say(USE + memo)
    say(END)


def _look(names, most, spared=None):
    """Two numbers that tell what a module's memory looks like.

    The first is of what can be got without entering a function of the file,
    the second of the rest.  None where there is too much of it.  Also how
    many objects that took.
    """
    known = [names, sys.modules["builtins"].__dict__]
    seen = set(map(identity, known))
    reached, hidden = [], []
    classes = marks.extension.walk_sort(
        names, names, False, True, True, {spared}, reached, hidden)
    for kind, is_private in classes:
        _sort(kind, is_private, names, reached, hidden, known, seen)
    return marks.extension.walk(
        reached, hidden, known, names.get("__name__"), most)


def _sort(kind, is_private, names, reached, hidden, known, seen):
    """Puts the attributes of a class, if it is the module's, with their like.

    So that they are told apart: the class itself is known.
    """
    own = names_of_class(kind)
    if (own.get("__module__") != names.get("__name__")
            or identity(kind) in seen):
        return
    seen.add(identity(kind))
    known.append(kind)
    classes = marks.extension.walk_sort(
        kind, names, is_private, not _inherits(kind, own["__module__"]),
        False, OF_CLASSES, reached, hidden)
    for each, is_private in classes:
        _sort(each, is_private, names, reached, hidden, known, seen)


def _inherits(kind, module):
    """Whether functions of other files are at home in a class."""
    for base in type.__dict__["__mro__"].__get__(kind):
        name = (names_of_class(base) or {}).get("__module__")
        if name != module and type(name) is str and (
                imports.is_of_project(name)):
            return True
    return False
