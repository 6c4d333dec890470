# SPDX-License-Identifier: MIT
"""What modules keep in memory of the files that were read.

A file that one test reads and a module keeps (in a cache, a global, a class)
is a dependency of the later tests that get the kept value.  So when project code
opens a file it is noted which modules may keep it.  Where the scope in force has
made something in one of them by its end (kept.py), a scope named
memo says that it may have kept all that was read meanwhile.

Whoever enters a function of a module uses its memo.  What can be got without
entering one (an attribute of the module, the cache of functools.lru_cache) is
for everybody who imports it.
"""

import gc
import os
import sys
import types

from .. import marks
from ..loading import imports
from ..marks import BEGIN, END, USE, WHOLE, encode, identity, say
from . import caches

# What to say of what was heard of, by its kind: reading/opened.h.
_MARKS = (WHOLE, marks.BLOCK_LIST + b"/", marks.ENV)
_VARIABLE = 2

names_of_class = type.__dict__["__dict__"].__get__
names_of_module = types.ModuleType.__dict__["__dict__"].__get__

# Where what the system throws away lies.
_passing = ()

# How often a module asked for a variable, and up to when it is of interest.
_asked = {}
_ASKED_MOST = 2

# What extension.made() says of a module.
_NOTHING, _HIDDEN = 0, 1


class _Probe(type):
    pass


class _Watch:
    """What was read in one scope, and the modules that may keep it."""

    __slots__ = ("depth", "marks", "modules", "variables", "askers")

    def __init__(self, depth):
        self.depth = depth
        # What to say of each path; in order, without repeats.
        self.marks = {}
        # By the identity of their globals.
        self.modules = {}
        # The same of variables.
        self.variables = {}
        self.askers = {}


def install():
    """Has files told from now on."""
    global _passing
    places = {os.environ.get("TMPDIR") or "/tmp", "/tmp", "/var/tmp",
              "/dev", "/proc", "/sys"}
    _passing = tuple(encode(place.rstrip("/") + "/") for place in places)
    marks.finish = _finish
    marks.extension.types_start(
        _Probe, dict_of_class(_Probe), names_of_class, gc.get_referents)
    marks.extension.hear_opened(_hear)


def dict_of_class(kind):
    """What has the names of a class, which nobody else may change."""
    return gc.get_referents(names_of_class(kind))[0]


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
        watches.append(_Watch(depth))
        # What was made before is nothing of what is read from now on.
        marks.extension.pause(False)
        marks.extension.made({})
    watch = watches[-1]
    mark = _MARKS[kind] + path
    if kind != _VARIABLE:
        watch.marks[mark] = None
        caches.note(mark, sys._getframe(1))
        _add_modules(watch, stack)
        return
    watch.variables[mark] = None
    for names in stack:
        if (type(names.get("__file__")) is str
                and not getattr(names.get("__spec__"), "_initializing",
                                False)):
            watch.askers[identity(names)] = names


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
    """Notes the modules of the frames, and those they have in hand."""
    for names in stack:
        if identity(names) not in watch.modules:
            _add_module(watch, names)
            for other in _neighbours(names):
                if identity(other) not in watch.modules:
                    _add_module(watch, other)


def _add_module(watch, names):
    name = names.get("__name__")
    path = names.get("__file__")
    watch.modules[identity(names)] = None
    # While it is loaded it changes anyway, and has what it reads in its own
    # scope.
    if (type(path) is not str
            or getattr(names.get("__spec__"), "_initializing", False)):
        return
    held = None
    if _names_named(name) is not names:
        # Without a scope nobody will get at it later.
        if imports.scope_of_code(names) is None:
            return
        held = names
    watch.modules[identity(names)] = name, path, held


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
    if not watch.modules and not watch.askers:
        return
    marks.extension.pause(True)
    for names in watch.askers.values():
        _say_made(names, names["__file__"], watch.variables)
    for key, module in watch.modules.items():
        if module is None:
            continue
        name, path, held = module
        names = held or _names_named(name)
        if names is None or identity(names) != key:
            # It was taken away, and others may still have it.
            _say_memo(path, imports.scopes.get(name), watch.marks)
        else:
            _say_made(names, path, watch.marks)


def _say_made(names, path, kept):
    """Says so where the scope in force made something in a module.

    Of one that is not looked at nobody knows.
    """
    made = marks.extension.made(names)
    if made != _NOTHING:
        _say_memo(path, None if made == _HIDDEN
                  else imports.scope_of_code(names), kept)


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
