# SPDX-License-Identifier: MIT
"""What a scope leaves in memory for others to find.

A value that one test computes and a module keeps (in functools.lru_cache, a
table, an attribute made on first use) is a dependency of the later tests that
find it there, though they do not enter what computed it.  The C part looks at
the places that the scope in force has mentioned; it is told here of modules
and fixtures, and what it cannot tell of values by itself.
"""

import builtins
import collections
import functools
import opcode
import os
import sys
import threading
import types
import weakref

from .. import marks, runner
from ..loading import imports
from ..loading.installed import is_project_path
from ..marks import encode, identity
from . import memo, readers

_NOTHING, _OF_PROJECT, _OF_OTHERS = range(3)

_PLAIN = (str, bytes, int, float, bool, complex, type(None))
_SETS = (set, frozenset, collections.deque)
_WRAPPERS = (
    (functools._lru_cache_wrapper, b"__wrapped__"),
    (functools.cached_property, b"func"),
    (functools.partial, b"func"),
    (types.MethodType, b"__self__"),
    (staticmethod, b"__func__"),
    (classmethod, b"__func__"),
    (property, b"fget"),
)

# Objects of classes of these change by being used, and keep nothing of what
# the project computes: Django's settings keep what they have read.
_BUSY = ("logging", "threading", "unittest.mock", "weakref", "_weakref",
         "typing", "re", "builtins", "types", "abc", "_io", "itertools",
         "enum", "django.conf")

# Instructions that get an attribute, and that set one.
_GETTING = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR")
_SETTING = ("STORE_ATTR", "DELETE_ATTR")

# What classes of tests get anew for each test, by the module of the class that
# they have it from.
_ANEW = {"django.test.testcases": (
    "client", "async_client", "atomics", "cls_atomics")}

# What classes have for which code was made that is in no file.
_MADE = ("__dataclass_fields__", "__attrs_attrs__")

# Since when the arguments of some instructions are shifted, and how far.
_SHIFTS = (("LOAD_GLOBAL", (3, 11), 1), ("LOAD_ATTR", (3, 12), 1),
           ("LOAD_SUPER_ATTR", (3, 12), 2))

# By their scopes, what fixtures gave that outlive a test; the C part has the
# dict.
_values = {}

_active = False


def install():
    """Has them looked at from now on."""
    global _active
    _active = True
    marks.extension.kept_start(
        _opcodes(),
        (_PLAIN, _SETS, functools._lru_cache_wrapper, types.FunctionType,
         types.ModuleType, tuple(kind for kind, _ in _WRAPPERS)),
        _class_kind, _attributes_of, _paths_of, _specials_of, _default_of,
        _anew_of, _WRAPPERS, _function_of)
    builtins.getattr, builtins.hasattr = marks.extension.askers(
        getattr, imports.documentation(getattr),
        hasattr, imports.documentation(hasattr),
        builtins, builtins.__name__, _asks, readers.hear)
    for name, module in list(sys.modules.items()):
        if not name.startswith(marks.OWN_MODULES) and imports.is_project(
                module):
            note(module)
    imports.loaded = note


def _asks(text):
    """Whether a module asks for names that have to be known.

    By its file, or its name where it is in none.
    """
    if type(text) is not str:
        return True
    if "/" not in text and not text.endswith((".py", ".pyc")):
        return not text.startswith(("importlib.", "zipimport"))
    path = os.path.abspath(text)
    return is_project_path(path) and not path.startswith(marks.HERE)


def _opcodes():
    """What each opcode does with a name: enum kept_opcode in kept_names.h."""
    found = bytearray(256)
    does = marks.extension
    for name, op in opcode.opmap.items():
        if op in opcode.hasname and op < len(found):
            found[op] = (
                does.OPCODE_SETS_ATTRIBUTE if name in _SETTING
                else does.OPCODE_SETS if name.startswith(("STORE", "DELETE"))
                else does.OPCODE_IMPORTS if name.startswith("IMPORT")
                else does.OPCODE_GETS if name in _GETTING
                else does.OPCODE_LOADS)
    for name, since, shift in _SHIFTS:
        if sys.version_info >= since and name in opcode.opmap:
            found[opcode.opmap[name]] += shift
    found[opcode.EXTENDED_ARG] = does.OPCODE_EXTENDS
    return bytes(found)


def pause():
    """A part of the scope in force is over."""
    if _active:
        marks.extension.pause(False)


def _module_of(kind):
    name = (memo.names_of_class(kind) or {}).get("__module__")
    return name if type(name) is str else ""


def _bases_of(kind):
    """Those of the project, with the class itself."""
    for base in type.__dict__["__mro__"].__get__(kind):
        if imports.is_of_project(_module_of(base)):
            yield base


def _per_class(function):
    """The same, asked once for each class; without holding any."""
    known = {}

    def ask(kind):
        found = known.get(identity(kind))
        if found is None or found[0]() is not kind:
            found = known[identity(kind)] = weakref.ref(kind), function(kind)
        return found[1]
    return ask


@_per_class
def _class_kind(kind):
    """What its objects are: without anything to look at, the project's."""
    if next(_bases_of(kind), None) is not None:
        # What a decorator made for these gets at attributes without a name.
        return _OF_OTHERS if any(
            name in memo.names_of_class(base)
            for base in _bases_of(kind) for name in _MADE) else _OF_PROJECT
    name = _module_of(kind)
    top = name.partition(".")[0]
    if name in _BUSY or top in _BUSY or top in runner.packages:
        return _NOTHING
    return _OF_OTHERS


@_per_class
def _slots_of(kind):
    """Name by name, what gets the value of a slot."""
    return [(name, each.__get__) for base in _bases_of(kind)
            for name, each in memo.names_of_class(base).items()
            if type(each) is types.MemberDescriptorType]


def _attributes_of(value):
    """The attributes of an object without a dict, None for it has none."""
    if type(value) is threading.local:
        return value.__dict__
    slots = _slots_of(type(value))
    if not slots:
        return None
    found = {}
    for name, get in slots:
        try:
            found[name] = get(value)
        except AttributeError:
            continue
    return found


@_per_class
def _paths_of(kind):
    """The files that the code of a class and its bases is in."""
    found = []
    for base in _bases_of(kind):
        module = sys.modules.get(_module_of(base))
        if issubclass(type(module), types.ModuleType):
            path = memo.names_of_module(module).get("__file__")
            if type(path) is str:
                found.append(os.path.abspath(path))
    return found


def _specials_of(value):
    """The code that Python calls for an object, or a class.

    That of the class itself is found by its name.  Functions would hold what
    they close over, as their class.
    """
    kind = type(value)
    if kind is types.GeneratorType:
        return [value.gi_code]
    if issubclass(kind, type):
        return _specials_of_bases(value)
    return _specials_of_objects(kind)


def _specials(bases):
    return [each.__code__ for base in bases
            for name, each in memo.names_of_class(base).items()
            if type(each) is types.FunctionType
            and type(name) is str and name[:2] == "__" == name[-2:]]


@_per_class
def _specials_of_objects(kind):
    return _specials(_bases_of(kind))


@_per_class
def _specials_of_bases(kind):
    return _specials(base for base in _bases_of(kind) if base is not kind)


def _default_of(kind, name):
    """What objects of a class have by a name that they have not themselves."""
    for base in type.__dict__["__mro__"].__get__(kind):
        names = memo.names_of_class(base)
        if name in names:
            return (names[name],)
    return ()


@_per_class
def _anew_of(kind):
    """The names that a class of tests gets anew for each of them."""
    return frozenset(name for base in type.__dict__["__mro__"].__get__(kind)
                     for name in _ANEW.get(_module_of(base), ()))


def _function_of(value):
    """The function that a cache computes by, or that closes over a place."""
    if type(value) is functools._lru_cache_wrapper:
        value = getattr(value, "__wrapped__", None)
    if type(value) is not types.FunctionType:
        return None
    code = value.__code__
    return encode(getattr(code, "co_qualname", "." + code.co_name))


def note(module):
    """A module was loaded: what it keeps from now on is of later scopes."""
    if not issubclass(type(module), types.ModuleType):
        return
    names = memo.names_of_module(module)
    path = names.get("__file__")
    if type(path) is str and path.endswith(".py"):
        marks.extension.keep(encode(os.path.abspath(path)), names)


def note_value(scope, name, function, value):
    """A fixture was set up for more than one test: so is what it keeps."""
    code = getattr(function, "__code__", None)
    if _active and code is not None and type(value) not in _PLAIN:
        names = _values[scope] = {name: value}
        marks.extension.keep(
            encode(os.path.abspath(code.co_filename)), names)


def forget_value(scope):
    """It is torn down."""
    names = _values.pop(scope, None)
    if names is not None:
        names.clear()
        marks.extension.keep(b"", names)
